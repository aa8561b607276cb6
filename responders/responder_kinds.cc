#include "responders/responder_kinds.h"

#include "config/responder_mode.h"
#include "responders/jira_responder.h"
#include "responders/nftables_responder.h"
#include "responders/run_responder.h"
#include "responders/slack_responder.h"
#include "responders/webhook_responder.h"

#include <algorithm>
#include <utility>

namespace alarum {
namespace {

std::vector<KindOptions> kind_options() {
  std::vector<KindOptions> out;
  for (const ResponderKind& kind : responder_kinds()) {
    KindOptions& options = out.emplace_back(KindOptions{kind.name, kind.help, {}, kind.at_most_one});
    if (is_acting(kind)) options.options.push_back(responder_mode_option());
    options.options.insert(options.options.end(), kind.options.begin(), kind.options.end());
  }
  return out;
}

}  // namespace

std::span<const ResponderKind> responder_kinds() {
  static const std::vector<ResponderKind> kinds = {
      webhook_kind(), slack_kind(), jira_kind(), nftables_kind(), run_kind(),
  };
  return kinds;
}

const ResponderKind* responder_kind(std::string_view name) {
  const auto kinds = responder_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const ResponderKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

const DaemonOptions& alarum_options() {
  static const DaemonOptions options(kind_options());
  return options;
}

ResponderPorts responder_ports(Clock& clock, ConnectedPeers* peers) {
  return {clock, [peers](HttpClient::Options options) -> Result<HttpSend> {
            TRY(auto client, HttpClient::make(std::move(options)));
            // A function can be copied, and a client cannot.
            const std::shared_ptr<HttpClient> shared = std::move(client);
            return HttpSend([shared, peers](const HttpRequest& request, std::stop_token stop) {
              HttpOutcome out = shared->send(request, std::move(stop));
              if (peers != nullptr && out.peer) peers->note(*out.peer);
              return out;
            });
          }};
}

std::vector<MadeResponder> make_responders(const SectionValue& root, const SecretFiles& secrets,
                                           const ResponderPorts& ports) {
  std::vector<MadeResponder> out;
  for (const SectionValue& entry : root.at("responders").sections) {
    const ResponderKind* const kind = responder_kind(entry.value("kind").text());
    if (kind == nullptr) continue;
    EntryProblems problems(entry);
    auto responder = kind->make({entry, secrets, ports, problems});
    if (responder == nullptr) continue;
    const bool ends = kind->ends_what_it_told != nullptr && kind->ends_what_it_told(entry);
    out.push_back({entry.value("name").text(), kind, kind->delivery(entry), ends, std::move(responder)});
  }
  return out;
}

void EntryProblems::entry(std::string_view reason, std::string message, std::string hint) {
  ++count_;
  entry_.origin().source->error(entry_.origin().value, reason, std::move(message), std::move(hint));
}

void EntryProblems::value(std::string_view key, std::string_view reason, const std::string& why,
                          std::string hint) {
  ++count_;
  const Origin& origin = entry_.at(key).origin;
  // What a default says wrong is so because of the entry that it is in.
  const Origin& place = origin.is_default() ? entry_.origin() : origin;
  place.source->error(place.value, reason, "'responders[]." + std::string(key) + "': " + why,
                      std::move(hint));
}

}  // namespace alarum

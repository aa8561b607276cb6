#include "responders/webhook_responder.h"

#include "responders/http_responder.h"
#include "responders/webhook.h"

#include <utility>

namespace alarum {
namespace {

using Type = Option::Type;

class WebhookResponder final : public Responder {
 public:
  WebhookResponder(WebhookTarget target, HttpPatience patience, HttpSend send, Clock& clock)
      : target_(std::move(target)), patience_(patience), send_(std::move(send)), clock_(clock) {}

  ActionResult act(const Action& action, std::stop_token stop) override {
    return beside_doubt(tell(action.notice, std::move(stop)), action);
  }

  ActionResult undo(const Action&, std::stop_token) override { return cannot_take_back("a message"); }

  ActionResult test(std::stop_token stop) override {
    ActionResult out = tell(test_notice(clock_.wall()), std::move(stop));
    if (out.verdict == ActionVerdict::done) out.why = "a notice that says that it is a test was accepted";
    return out;
  }

 private:
  ActionResult tell(const IncidentNotice& notice, std::stop_token stop) {
    HttpRequest request = webhook_request(target_, notice, clock_.wall());
    patience_.apply(request);
    return action_result(send_(request, std::move(stop)), target_.url, clock_.wall());
  }

  WebhookTarget target_;
  HttpPatience patience_;
  HttpSend send_;
  Clock& clock_;
};

/// The URL that the entry has or names the file of; nothing where it is told why not, or not read.
std::optional<std::string> url_of(const ResponderParts& parts) {
  const bool has_file = !parts.entry.at("url_file").origin.is_default();
  const std::string url = parts.entry.value("url").text();
  if (!has_file && url.empty()) {
    parts.problems.entry("missing_key", "'responders[].url' is missing",
                         "write where to send notices, or in url_file where that is written");
    return std::nullopt;
  }
  if (!has_file) return check_url(parts, "url", url) ? std::optional(url) : std::nullopt;
  const auto texts = parts.secrets.texts_of(parts.entry, "url_file");
  if (!texts || !check_url(parts, "url_file", texts->front())) return std::nullopt;
  return texts->front();
}

std::optional<std::vector<WebhookSecret>> secrets_of(const ResponderParts& parts) {
  const auto texts = parts.secrets.texts_of(parts.entry, "secret_files");
  if (!texts) return std::nullopt;
  std::vector<WebhookSecret> out;
  for (const std::string& text : *texts) {
    auto secret = WebhookSecret::parse(text);
    if (!secret) {
      parts.problems.value("secret_files", "invalid_value", secret.error().message, "");
      return std::nullopt;
    }
    out.push_back(*std::move(secret));
  }
  return out;
}

std::unique_ptr<Responder> make(const ResponderParts& parts) {
  auto url = url_of(parts);
  auto secrets = secrets_of(parts);
  auto send = http_send(parts);
  if (!url || !secrets || !send) return nullptr;
  return std::make_unique<WebhookResponder>(WebhookTarget{*std::move(url), *std::move(secrets)},
                                            http_patience(parts.entry), *std::move(send), parts.ports.clock);
}

}  // namespace

ResponderKind webhook_kind() {
  ResponderKind out;
  out.name = "webhook";
  out.nature = ResponderNature::telling;
  out.delivery = [](const SectionValue&) { return DeliveryClass::keyed; };
  out.help = "send a notice of the incident as JSON";
  out.options = {{.name = "url",
                  .type = Type::text,
                  .example = "https://soc.example/alarum",
                  .help = "Where to send notices."},
                 url_file_option(),
                 {.name = "secret_files",
                  .type = Type::text_list,
                  .default_value = {},
                  .example = "[/etc/alarum/webhook-secret]",
                  .help = "Files with a secret each, whsec_ and Base64, by which whoever receives a notice "
                          "knows that it is ours (Standard Webhooks); two while it changes."}};
  for (Option& option : http_options()) out.options.push_back(std::move(option));
  out.at_most_one = {"url", "url_file"};
  out.make = make;
  return out;
}

}  // namespace alarum

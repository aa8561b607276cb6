#include "responders/http_responder.h"

#include "daemon/base/digest.h"
#include "daemon/http_client/http_origin.h"
#include "daemon/http_client/http_verdict.h"
#include "responders/foreign_text.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace alarum {
namespace {

using Type = Option::Type;

constexpr std::size_t why_units_max = 400;
constexpr Duration http_timeout = std::chrono::seconds(10);
constexpr Duration connect_timeout_max = std::chrono::seconds(5);

ActionVerdict verdict_of(HttpVerdict verdict) {
  switch (verdict) {
    case HttpVerdict::accepted: return ActionVerdict::done;
    case HttpVerdict::refused: return ActionVerdict::failed;
    case HttpVerdict::not_done: return ActionVerdict::not_done;
    case HttpVerdict::in_doubt: return ActionVerdict::in_doubt;
  }
  return ActionVerdict::in_doubt;
}

}  // namespace

Option timeout_option() {
  return {.name = "timeout",
          .type = Type::duration,
          .min = Duration(std::chrono::milliseconds(100)).count(),
          .max = Duration(std::chrono::hours(1)).count(),
          .example = "10s",
          .help =
              "How long an attempt may take. Without it 2s for nftables, 2m for run, and 10s for each "
              "request of the others."};
}

Option url_file_option() {
  return {.name = "url_file",
          .type = Type::text,
          .example = "/etc/alarum/chat-url",
          .help =
              "The file that says where to send notices, where that is a secret. A relative path begins "
              "at $CREDENTIALS_DIRECTORY where that is set."};
}

Duration timeout_of(const SectionValue& entry, Duration otherwise) {
  const Setting& timeout = entry.at("timeout");
  return timeout.origin.is_default() ? otherwise : Duration(timeout.value.number);
}

std::vector<Option> http_options() {
  return {timeout_option(),
          {.name = "ca_file",
           .type = Type::text,
           .example = "/etc/alarum/ca.pem",
           .help = "The authorities to trust instead of the system's, in PEM."},
          {.name = "proxy",
           .type = Type::text,
           .example = "http://proxy.example:3128",
           .help = "The proxy on the way, http://host:port. None is taken from the environment."}};
}

std::optional<HttpSend> http_send(const ResponderParts& parts) {
  HttpClient::Options options;
  options.ca_file = parts.entry.value("ca_file").text();
  options.proxy = parts.entry.value("proxy").text();
  if (!options.ca_file.empty() && access(options.ca_file.c_str(), R_OK) != 0) {
    parts.problems.value("ca_file", "unreadable", "'" + options.ca_file + "' cannot be read", "");
    return std::nullopt;
  }
  auto send = parts.ports.http(std::move(options));
  if (send) return *std::move(send);
  parts.problems.value("proxy", "invalid_value", send.error().message, "");
  return std::nullopt;
}

bool check_url(const ResponderParts& parts, std::string_view key, const std::string& url) {
  const auto origin = http_origin(url);
  if (!origin) parts.problems.value(key, "invalid_value", origin.error().message, "");
  return origin.has_value();
}

void HttpPatience::apply(HttpRequest& request) const {
  request.total_timeout = total;
  request.connect_timeout = std::min(total, connect_timeout_max);
}

HttpPatience http_patience(const SectionValue& entry) { return {timeout_of(entry, http_timeout)}; }

ActionResult action_result(const HttpOutcome& outcome, const std::string& url, Timestamp now) {
  ActionResult out;
  out.verdict = verdict_of(http_verdict(outcome));
  if (out.verdict == ActionVerdict::done) return out;
  const HttpResponse* const response = outcome.response();
  if (response == nullptr) {
    out.why = shown(outcome.error()->message, Lines::one, why_units_max);
    return out;
  }
  const auto origin = http_origin(url);
  out.why = (origin ? *origin : std::string("the server")) + " answers " + std::to_string(response->status);
  if (out.verdict == ActionVerdict::not_done) out.wait = retry_after(response->retry_after, now);
  return out;
}

ActionResult beside_doubt(ActionResult result, const Action& action) {
  if (action.may_be_done && result.verdict != ActionVerdict::done) result.verdict = ActionVerdict::in_doubt;
  return result;
}

ActionResult cannot_take_back(std::string_view what) {
  return {.verdict = ActionVerdict::failed, .why = std::string(what) + " cannot be taken back"};
}

IncidentNotice test_notice(Timestamp now) {
  IncidentNotice out;
  out.action_id = id_of({"test of a responder", format_time(now)});
  out.incident_id = std::string(out.action_id.size(), '0');
  out.title = "This is a test of Alarum; nothing has happened";
  out.level = "informational";
  out.state = "new";
  out.opened = now;
  return out;
}

}  // namespace alarum

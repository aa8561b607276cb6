#include "responders/slack_responder.h"

#include "responders/http_responder.h"
#include "responders/slack.h"

#include <algorithm>
#include <utility>

namespace alarum {
namespace {

/// Slack's own words are such as `invalid_payload`. Another text may be of anybody on the way, and repeat
/// what it was asked for: the URL is a secret.
bool is_word(std::string_view text) {
  constexpr std::size_t size_max = 64;
  return !text.empty() && text.size() <= size_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

class SlackResponder final : public Responder {
 public:
  SlackResponder(std::string url, HttpPatience patience, HttpSend send, Clock& clock)
      : url_(std::move(url)), patience_(patience), send_(std::move(send)), clock_(clock) {}

  ActionResult act(const Action& action, std::stop_token stop) override {
    if (action.may_be_done)
      return {.verdict = ActionVerdict::in_doubt,
              .why = "the message may have been shown before, and Slack would show it again"};
    return tell(action.notice, std::move(stop));
  }

  ActionResult undo(const Action&, std::stop_token) override { return cannot_take_back("a message"); }

  ActionResult test(std::stop_token stop) override {
    ActionResult out = tell(test_notice(clock_.wall()), std::move(stop));
    if (out.verdict == ActionVerdict::done) out.why = "a message that says that it is a test is shown";
    return out;
  }

 private:
  ActionResult tell(const IncidentNotice& notice, std::stop_token stop) {
    HttpRequest request = slack_request(url_, notice);
    patience_.apply(request);
    const HttpOutcome outcome = send_(request, std::move(stop));
    ActionResult out = action_result(outcome, url_, clock_.wall());
    const HttpResponse* const response = outcome.response();
    if (response == nullptr) return out;
    const Status said = read_slack_answer(*response);
    if (said) return out;
    if (is_word(response->body)) out.why = said.error().message;
    if (out.verdict != ActionVerdict::done) return out;
    // Whoever says so may have shown it or not.
    out.verdict = ActionVerdict::in_doubt;
    if (out.why.empty()) out.why = "the answer is not Slack's 'ok'";
    return out;
  }

  std::string url_;
  HttpPatience patience_;
  HttpSend send_;
  Clock& clock_;
};

std::unique_ptr<Responder> make(const ResponderParts& parts) {
  std::optional<std::vector<std::string>> url;
  if (parts.entry.at("url_file").origin.is_default()) {
    parts.problems.entry("missing_key", "'responders[].url_file' is missing",
                         "name the file with the URL of an incoming webhook");
  } else {
    url = parts.secrets.texts_of(parts.entry, "url_file");
  }
  const bool is_good = url && check_url(parts, "url_file", url->front());
  auto send = http_send(parts);
  if (!is_good || !send) return nullptr;
  return std::make_unique<SlackResponder>(url->front(), http_patience(parts.entry), *std::move(send),
                                          parts.ports.clock);
}

}  // namespace

ResponderKind slack_kind() {
  ResponderKind out;
  out.name = "slack";
  out.nature = ResponderNature::telling;
  out.delivery = [](const SectionValue&) { return DeliveryClass::once; };
  out.help = "post a message by an incoming webhook";
  out.options = {url_file_option()};
  for (Option& option : http_options()) out.options.push_back(std::move(option));
  out.make = make;
  return out;
}

}  // namespace alarum

#include "responders/run_responder.h"

#include "daemon/base/frame_connection.h"
#include "daemon/base/json_writer.h"
#include "responders/foreign_text.h"
#include "responders/http_responder.h"
#include "responders/socket_responder.h"
#include "responders/webhook.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alarum {
namespace {

constexpr std::size_t answer_size_max = (2U << 20U) + 1024U;  // what two streams may have at most
constexpr Duration default_timeout = std::chrono::minutes(2);
constexpr Duration connect_patience = std::chrono::seconds(2);
constexpr Duration wait_while_running = std::chrono::seconds(5);
constexpr std::size_t quoted_units_max = 200;
constexpr std::string_view who = "the runner";

/// Guards that only say that it cannot be begun now.
bool may_pass(std::string_view guard) {
  constexpr std::array<std::string_view, 4> guards = {"stopping", "busy", "state", "system"};
  return std::find(guards.begin(), guards.end(), guard) != guards.end();
}

/// The first line of what the script wrote, to stderr or else to stdout: a text to be shown, never to be
/// understood.
std::string quoted(const AnswerLine& answer) {
  const std::size_t size = std::min(answer.number("stdout").value_or(0), answer.rest().size());
  std::string_view text = answer.rest().substr(size);
  if (text.empty()) text = answer.rest().substr(0, size);
  const std::string line = shown(text.substr(0, text.find('\n')), Lines::one, quoted_units_max);
  return line.empty() ? "" : ": " + line;
}

ActionResult ended(const AnswerLine& answer) {
  const std::string_view outcome = answer.value("outcome");
  const auto code = answer.number("code");
  if (!code)
    return {.verdict = ActionVerdict::in_doubt, .why = "the runner's answer is not what was asked for"};
  const auto failed = [&](const std::string& why) {
    return ActionResult{.verdict = ActionVerdict::failed, .why = why + quoted(answer)};
  };
  if (outcome == "exited" && *code == 0) return {.verdict = ActionVerdict::done};
  if (outcome == "exited") return failed("the script ended with code " + std::to_string(*code));
  if (outcome == "signaled")
    return failed("the script was ended by signal " + std::to_string(answer.number("signal").value_or(0)));
  if (outcome == "timeout") return failed("the script took too long and was ended");
  if (outcome == "stopped") return failed("the script was ended because the runner was stopped");
  if (outcome == "not_started")
    return {.verdict = ActionVerdict::not_done,
            .why = "the script could not be started: error " + std::to_string(*code)};
  return {.verdict = ActionVerdict::in_doubt, .why = "the runner's answer is not what was asked for"};
}

class RunResponder final : public Responder {
 public:
  RunResponder(std::string socket, Duration timeout, bool is_declarative)
      : runner_(std::move(socket), {.name = std::string(who),
                                    .user = "alarum-runner",
                                    .unit = "alarum-runner@NAME.socket",
                                    .answer_size_max = answer_size_max,
                                    .patience = std::min(timeout, connect_patience),
                                    .answer_patience = timeout}),
        is_declarative_(is_declarative) {}

  ActionResult act(const Action& action, std::stop_token stop) override {
    const std::string& id = action.notice.action_id;
    if (!is_action_id(id))
      return {.verdict = ActionVerdict::failed, .why = "the action has no id that can be sent"};
    if (action.may_be_done && !is_declarative_) {
      const FrameAnswer known = runner_.ask("result action=" + id, Repeatable::yes, stop);
      const auto line = known.text ? AnswerLine::parse(*known.text) : Result<AnswerLine>(known.text.error());
      const bool is_new = line && line->word() == "unknown" && line->value("action") == id;
      // A refusal to tell says nothing of what became of it.
      if (line && line->word() == "refused")
        return {.verdict = ActionVerdict::in_doubt, .why = refusal_text(who, *line)};
      if (!is_new) return read(known, id, ActionVerdict::in_doubt);
    }
    const std::string request =
        "run action=" + id + " until=" + format_time(action.expires) + "\n" + run_event(action);
    const FrameAnswer answer = runner_.ask(request, Repeatable::no, stop);
    return read(answer, id, answer.is_sent ? ActionVerdict::in_doubt : ActionVerdict::not_done);
  }

  ActionResult undo(const Action&, std::stop_token) override { return cannot_take_back("what a script did"); }

  ActionResult test(std::stop_token stop) override {
    const FrameAnswer answer = runner_.ask("status", Repeatable::yes, stop);
    if (!answer.text)
      return {.verdict = ActionVerdict::not_done, .why = one_line(answer.text.error().message)};
    const auto line = AnswerLine::parse(*answer.text);
    if (!line || line->word() != "done" || line->value("class").empty())
      return {.verdict = ActionVerdict::failed,
              .why = line && line->word() == "refused" ? refusal_text(who, *line)
                                                       : "the runner's answer is not what was asked for"};
    return {.verdict = ActionVerdict::done,
            .why = one_line("asked how it is, the runner says class=" + std::string(line->value("class")) +
                            " running=" + std::string(line->value("running")) +
                            " policy=" + std::string(line->value("policy")) + "; no script was run")};
  }

 private:
  /// `otherwise` is what is true where the answer does not tell.
  static ActionResult read(const FrameAnswer& answer, std::string_view id, ActionVerdict otherwise) {
    if (!answer.text) return {.verdict = otherwise, .why = one_line(answer.text.error().message)};
    const auto line = AnswerLine::parse(*answer.text);
    if (line && line->word() == "refused" && !line->value("guard").empty()) return refused(*line);
    if (!line || line->value("action") != id)
      return {.verdict = ActionVerdict::in_doubt, .why = "the runner's answer is not what was asked for"};
    const std::string started(line->value("started"));
    if (line->word() == "ended") return ended(*line);
    if (line->word() == "running")
      return {.verdict = ActionVerdict::not_done,
              .why = one_line("the script is running since " + started),
              .wait = wait_while_running,
              .is_running = true};
    return {.verdict = ActionVerdict::in_doubt,
            .why = line->word() == "in_doubt"
                       ? one_line("the script was begun at " + started + ", and nobody knows how it ended")
                       : "the runner's answer is not what was asked for"};
  }

  /// A refusal to run says that it was not run.
  static ActionResult refused(const AnswerLine& line) {
    const bool is_for_now = may_pass(line.value("guard"));
    return {.verdict = is_for_now ? ActionVerdict::not_done : ActionVerdict::failed,
            .why = refusal_text(who, line),
            .has_refused = !is_for_now};
  }

  FrameConnection runner_;
  bool is_declarative_;
};

std::unique_ptr<Responder> make(const ResponderParts& parts) {
  const std::string socket = parts.entry.value("socket").text();
  const std::string own = "/run/alarum/runner-" + parts.entry.value("name").text() + ".sock";
  return std::make_unique<RunResponder>(socket.empty() ? own : socket,
                                        timeout_of(parts.entry, default_timeout),
                                        parts.entry.value("class").text() == "declarative");
}

}  // namespace

std::string run_event(const Action& action) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.action/1").key("action_id").text(action.notice.action_id);
  json.key("target");
  if (action.target_type.empty()) {
    json.null();
  } else {
    json.begin_object().key("type").text(action.target_type).key("value").text(action.target).end_object();
  }
  json.key("notice").raw(webhook_body(action.notice)).key("alert");
  if (action.alert_json.empty()) {
    json.null();
  } else {
    json.raw(action.alert_json);
  }
  json.end_object();
  return out;
}

ResponderKind run_kind() {
  ResponderKind out;
  out.name = "run";
  out.nature = ResponderNature::running;
  out.delivery = [](const SectionValue& entry) {
    return entry.value("class").text() == "declarative" ? DeliveryClass::declarative : DeliveryClass::keyed;
  };
  out.help = "have alarum-runner run a script";
  out.options = {socket_option(),
                 {.name = "class",
                  .type = Option::Type::word,
                  .default_value = {"once"},
                  .words = {"once", "declarative"},
                  .help = "What the runner's policy says: a script that was begun is never run again, or "
                          "running it again does no harm."},
                 timeout_option()};
  out.make = make;
  return out;
}

}  // namespace alarum

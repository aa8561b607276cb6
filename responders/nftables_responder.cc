#include "responders/nftables_responder.h"

#include "config/quantity.h"
#include "daemon/base/frame_connection.h"
#include "daemon/base/ip_address.h"
#include "responders/http_responder.h"
#include "responders/socket_responder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>
#include <vector>

namespace alarum {
namespace {

constexpr std::size_t answer_size_max = 4096;
constexpr Duration default_timeout = std::chrono::seconds(2);
constexpr std::string_view default_socket = "/run/alarum/enforcer.sock";
constexpr std::string_view who = "the enforcer";

/// Guards that only say that it could not be done now.
bool may_pass(std::string_view guard) {
  constexpr std::array<std::string_view, 3> guards = {"state", "kernel", "host_unknown"};
  return std::find(guards.begin(), guards.end(), guard) != guards.end();
}

/// How long a block waits that is one too many within a minute.
constexpr std::chrono::seconds minute_wait{20};

/// The cap that gives way by itself, before the deadline of most blocks.
bool is_minute_cap(const AnswerLine& refusal) {
  return refusal.value("guard") == "cap" && refusal.value("entry").starts_with("blocks_per_minute_max:");
}

ActionResult failed(std::string why) { return {.verdict = ActionVerdict::failed, .why = std::move(why)}; }

/// How many requests of one connection the enforcer answers at once, having looked at the host once.
constexpr std::size_t answered_at_once = 8;

/// The request for a block, or why none can be made of this action.
Result<std::string> block_request(const Action& action) {
  const auto target = IpNetwork::parse(action.target);
  if (!target) return Error{ErrorCode::invalid, "'" + one_line(action.target) + "' is no address"};
  if (!is_action_id(action.notice.action_id))
    return Error{ErrorCode::invalid, "the action has no id that can be sent"};
  const auto lasts = std::chrono::floor<std::chrono::milliseconds>(action.lasts.value_or(Duration(0)));
  if (lasts.count() <= 0) return Error{ErrorCode::invalid, "no time is left for which it would be blocked"};
  return "block action=" + action.notice.action_id + " target=" + target->to_text() +
         " for=" + duration_text(Duration(lasts).count());
}

/// What a `done` says of this block; nothing where it is of another one, or says no end.
std::optional<ActionResult> blocked(const AnswerLine& answer, const Action& action) {
  const auto until = parse_time(answer.value("until"));
  const std::string_view state = answer.value("state");
  if (answer.value("action") != action.notice.action_id || !until) return std::nullopt;
  if (IpNetwork::parse(answer.value("target")) != IpNetwork::parse(action.target)) return std::nullopt;
  if (state == "active") return ActionResult{.verdict = ActionVerdict::done, .until = until};
  if (state != "ended") return std::nullopt;
  return ActionResult{.verdict = ActionVerdict::failed,
                      .why = "it was made, and somebody has let it go since"};
}

/// The action with the time that the enforcer grants at most; nothing where that is not why it refuses.
/// Blocks last longer each time, up to what our own guard rails allow: the enforcer's policy may allow less.
std::optional<Action> shortened(const FrameAnswer& answer, const Action& action) {
  if (!answer.text) return std::nullopt;
  const auto line = AnswerLine::parse(*answer.text);
  if (!line || line->word() != "refused" || line->value("guard") != "duration") return std::nullopt;
  const auto granted = parse_duration(line->value("entry"));
  if (!granted || *granted <= 0 || !action.lasts || Duration(*granted) >= *action.lasts) return std::nullopt;
  Action out = action;
  out.lasts = Duration(*granted);
  return out;
}

/// Who may not ask is told so once, and hung up on: that holds for all that was asked.
void spread_refusal(std::vector<FrameAnswer>& answers) {
  for (std::size_t i = 1; i < answers.size(); ++i) {
    if (answers[i].text || !answers[i - 1].text) continue;
    const auto before = AnswerLine::parse(*answers[i - 1].text);
    if (before && before->word() == "refused" && before->value("guard") == "asker")
      answers[i] = answers[i - 1];
  }
}

class NftablesResponder final : public Responder {
 public:
  NftablesResponder(std::string socket, Duration timeout)
      : enforcer_(std::move(socket), {.name = std::string(who),
                                      .user = "alarum-enforcer",
                                      .unit = "alarum-enforcer.socket",
                                      .answer_size_max = answer_size_max,
                                      .patience = timeout,
                                      .answer_patience = timeout}) {}

  ActionResult act(const Action& action, std::stop_token stop) override {
    return act_together(std::span(&action, 1), std::move(stop)).front();
  }

  std::size_t together_max() const override { return answered_at_once; }

  std::vector<ActionResult> act_together(std::span<const Action> actions, std::stop_token stop) override {
    std::vector<ActionResult> out;
    std::vector<std::string> requests;
    std::vector<std::size_t> asked;  // the places of the actions of these requests
    for (const Action& action : actions) {
      const Result<std::string> request = block_request(action);
      if (request) asked.push_back(out.size());
      if (request) requests.push_back(*request);
      out.push_back(request ? ActionResult() : failed(request.error().message));
    }
    if (requests.empty()) return out;
    std::vector<FrameAnswer> answers = enforcer_.ask_all(requests, Repeatable::yes, stop);
    spread_refusal(answers);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const Action& action = actions[asked[i]];
      if (const auto shorter = shortened(answers[i], action)) {
        if (const auto request = block_request(*shorter))
          answers[i] = enforcer_.ask(*request, Repeatable::yes, stop);
      }
      out[asked[i]] = read(answers[i], [&](const AnswerLine& line) { return blocked(line, action); });
    }
    return out;
  }

  ActionResult undo(const Action& action, std::stop_token stop) override {
    if (!is_action_id(action.notice.action_id)) return failed("the action has no id that can be sent");
    return ask("unblock action=" + action.notice.action_id, stop,
               [](const AnswerLine& answer) -> std::optional<ActionResult> {
                 if (!answer.number("ended")) return std::nullopt;
                 ActionResult out{.verdict = ActionVerdict::done};
                 if (const auto by = answer.value("held_by"); !by.empty())
                   out.why = one_line("it is blocked still, by " + std::string(by));
                 return out;
               });
  }

  ActionResult let_go(const NotToBlock& what, std::stop_token stop) override {
    const std::string target = " target=" + what.network.to_text();
    const std::string request =
        what.is_allowed ? "protect" + target + " until=" + format_time(what.until) : "unblock" + target;
    return ask(request, stop, [&](const AnswerLine& answer) -> std::optional<ActionResult> {
      const bool is_heard = what.is_allowed ? IpNetwork::parse(answer.value("target")) == what.network
                                            : answer.number("ended").has_value();
      return is_heard ? std::optional(ActionResult{.verdict = ActionVerdict::done}) : std::nullopt;
    });
  }

  ActionResult test(std::stop_token stop) override {
    ActionResult out = ask("status", stop, [](const AnswerLine& answer) -> std::optional<ActionResult> {
      if (answer.value("armed").empty() || answer.value("table").empty()) return std::nullopt;
      const bool can_block = answer.value("armed") == "yes" && answer.value("table") == "sound";
      std::string why = "asked how it is, the enforcer says armed=" + std::string(answer.value("armed")) +
                        " blocks=" + std::string(answer.value("blocks")) +
                        " table=" + std::string(answer.value("table"));
      return ActionResult{.verdict = can_block ? ActionVerdict::done : ActionVerdict::failed,
                          .why = one_line(why)};
    });
    // Nothing was asked for, so nothing is in doubt.
    if (out.verdict == ActionVerdict::in_doubt) out.verdict = ActionVerdict::not_done;
    return out;
  }

 private:
  /// All that is asked may be asked again: it says what shall be so.
  template <class ReadDone>
  ActionResult ask(const std::string& request, const std::stop_token& stop, const ReadDone& read_done) {
    return read(enforcer_.ask(request, Repeatable::yes, stop), read_done);
  }

  /// What was sent and has no answer may be done: the enforcer answers behind that.
  template <class ReadDone>
  static ActionResult read(const FrameAnswer& answer, const ReadDone& read_done) {
    if (!answer.text)
      return {.verdict = answer.is_sent ? ActionVerdict::in_doubt : ActionVerdict::not_done,
              .why = one_line(answer.text.error().message)};
    const auto line = AnswerLine::parse(*answer.text);
    if (line && line->word() == "refused" && !line->value("guard").empty()) {
      if (is_minute_cap(*line))
        return {.verdict = ActionVerdict::not_done,
                .why = refusal_text(who, *line),
                .wait = minute_wait,
                .is_busy = true};
      if (may_pass(line->value("guard")))
        return {.verdict = ActionVerdict::not_done, .why = refusal_text(who, *line)};
      return {.verdict = ActionVerdict::failed, .why = refusal_text(who, *line), .has_refused = true};
    }
    std::optional<ActionResult> out;
    if (line && line->word() == "done") out = read_done(*line);
    if (out) return *std::move(out);
    return {.verdict = ActionVerdict::in_doubt, .why = "the enforcer's answer is not what was asked for"};
  }

  FrameConnection enforcer_;
};

std::unique_ptr<Responder> make(const ResponderParts& parts) {
  const std::string socket = parts.entry.value("socket").text();
  return std::make_unique<NftablesResponder>(socket.empty() ? std::string(default_socket) : socket,
                                             timeout_of(parts.entry, default_timeout));
}

}  // namespace

ResponderKind nftables_kind() {
  ResponderKind out;
  out.name = "nftables";
  out.nature = ResponderNature::blocking;
  out.delivery = [](const SectionValue&) { return DeliveryClass::declarative; };
  out.help = "block addresses by alarum-enforcer";
  out.options = {socket_option(), timeout_option()};
  out.make = make;
  return out;
}

}  // namespace alarum

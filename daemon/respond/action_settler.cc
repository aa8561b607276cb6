#include "daemon/respond/action_settler.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/respond/phase_journal.h"

#include <algorithm>
#include <chrono>

namespace alarum {
namespace {

/// How long what failed waits. What acts has deadlines of minutes, so it is tried again soon.
constexpr Backoff telling_backoff{.first_max = std::chrono::seconds(2), .wait_max = std::chrono::minutes(5)};
constexpr Backoff acting_backoff{.first_max = std::chrono::milliseconds(500),
                                 .wait_max = std::chrono::seconds(15)};
/// What is taken back has no deadline: it is tried for as long as it lasts.
constexpr std::chrono::hours undo_horizon{24};

/// How long an undo waits that was refused.
constexpr std::chrono::minutes refused_undo_wait{10};

/// What is running may be asked for so much later than it would be otherwise, and for so long in all.
constexpr std::chrono::minutes running_leeway{1};
constexpr std::chrono::hours running_max{24};

/// How often the log says of a responder that its actions come to nothing.
constexpr std::chrono::seconds complaint_interval{10};

Timestamp end_of_patience(const StoredAction& action) {
  return {action.intended.microseconds + Duration(running_max).count()};
}

/// The guard that metrics count what the enforcer, or the runner, refused under.
std::string_view guard_of(ResponderNature nature) {
  return nature == ResponderNature::running ? "runner" : "enforcer";
}

/// When a block that was made ends; who made it knows best.
std::optional<Timestamp> end_of_block(const ActionReport& report) {
  const StoredAction& action = report.stored;
  if (report.result.until || action.nature != ResponderNature::blocking || !action.lasts)
    return report.result.until;
  return Timestamp{report.at.microseconds + action.lasts->count()};
}

/// Behind why something is to be taken back stands why it is not yet.
constexpr std::string_view not_yet = "; not yet: ";

std::string reason_of(const std::string& why) { return why.substr(0, why.find(not_yet)); }

bool is_end(ActionState state) {
  return state != ActionState::done && state != ActionState::undoing && state != ActionState::undone;
}

/// What becomes of a block that may be there when it would come to `end`. No attempt is under way, so that it
/// lasts no longer than if it had been made just now.
ActionEnd taken_back_if_there(const StoredAction& action, ActionEnd end, Timestamp now) {
  if (action.nature != ResponderNature::blocking || !action.may_be_done || !is_end(end.state)) return end;
  end.state = ActionState::undoing;
  if (!end.until && action.lasts) end.until = Timestamp{now.microseconds + action.lasts->count()};
  return end;
}

StoredAction with_doubt(StoredAction action, bool may_be_done) {
  action.may_be_done = may_be_done;
  return action;
}

}  // namespace

Status ActionSettler::note(const StoredAction& action, std::string_view what, const std::string& detail,
                           Timestamp now) {
  return audit_.append({.at = now,
                        .who = "alarumd",
                        .who_uid = std::nullopt,
                        .what = "action_" + std::string(what),
                        .subject = action.id,
                        .incident_id = action.incident_id,
                        .detail = detail});
}

Status ActionSettler::end(const StoredAction& action, const ActionEnd& wanted, std::string_view outcome,
                          std::string_view guard, Timestamp now) {
  const ActionEnd end = taken_back_if_there(action, wanted, now);
  TRY(const bool has_ended, actions_.end(action.id, action.state, end, now));
  if (!has_ended) return {};  // somebody else came first, or this is told again
  if (!outcome.empty()) TRY_OK(actions_.count(action.responder, outcome, guard));
  TRY_OK(actions_.wake_dependents(action.incident_id, action.id, now));
  complain_of(action, end);
  return note(action, action_state_name(end.state), end.why, now);
}

/// What nobody hears of but the metrics would be a message that nobody misses.
void ActionSettler::complain_of(const StoredAction& action, const ActionEnd& end) {
  if (end.state != ActionState::failed && end.state != ActionState::expired &&
      end.state != ActionState::in_doubt)
    return;
  LogLimit& limit = complaints_.try_emplace(action.responder, complaint_interval).first->second;
  const auto hidden = limit.admit(steady_now());
  if (!hidden) return;
  log::warn("an action has come to nothing", {{"responder", action.responder},
                                              {"incident", action.incident_id},
                                              {"state", std::string(action_state_name(end.state))},
                                              {"why", end.why},
                                              {"hidden", std::to_string(*hidden)}});
}

Status ActionSettler::revoke(const StoredAction& block, const GuardRefusal& refusal, Timestamp now) {
  const std::string why = refusal_text(refusal);
  if (block.state == ActionState::done)
    return end(block, {ActionState::undoing, why, "", std::nullopt}, "", "", now);
  if (block.state != ActionState::intent) return {};
  return end(block, {ActionState::denied, why, "", std::nullopt}, "denied", refusal.guard, now);
}

Status ActionSettler::note_tripped(const Breaker& breaker) {
  return audit_.append({.at = breaker.tripped_at,
                        .who = "alarumd",
                        .who_uid = std::nullopt,
                        .what = "breaker_tripped",
                        .subject = std::string(breaker.tripped_by->guard),
                        .incident_id = "",
                        .detail = breaker.tripped_by->entry + ": " + breaker.tripped_by->why});
}

Status ActionSettler::resume(const StoredAction& action, Timestamp now) {
  const std::string why = "the process ended while it was under way";
  TRY(const bool is_changed, actions_.retry(action.id, now, true, why));
  if (!is_changed) return {};
  return note(action, "resumed", why, now);
}

Status ActionSettler::settle(const ActionReport& report, DeliveryClass delivery) {
  if (report.is_undo) return settle_undo(report);
  const ActionResult& result = report.result;
  switch (result.verdict) {
    case ActionVerdict::done: return settle_done(report);
    case ActionVerdict::failed: {
      const bool is_denied = result.has_refused;
      // Who refuses an action has not done it in an attempt before: it would know its id.
      return end(with_doubt(report.stored, report.stored.may_be_done && !is_denied),
                 {is_denied ? ActionState::denied : ActionState::failed, result.why, "", std::nullopt},
                 is_denied ? "denied" : "failed", is_denied ? guard_of(report.stored.nature) : "", report.at);
    }
    case ActionVerdict::not_done:
      if (result.is_running && report.at < end_of_patience(report.stored)) return settle_running(report);
      return settle_again(report, report.stored.may_be_done);
    case ActionVerdict::in_doubt: break;
  }
  if (delivery != DeliveryClass::once) return settle_again(report, true);
  return end(with_doubt(report.stored, true), {ActionState::in_doubt, result.why, "", std::nullopt},
             "in_doubt", "", report.at);
}

Status ActionSettler::settle_done(const ActionReport& report) {
  const StoredAction& action = report.stored;
  const std::string detail = action.responder + (action.target.empty() ? "" : ", target ") + action.target;
  const ActionEnd end{ActionState::done, report.result.why, report.result.reference, end_of_block(report)};
  TRY(const bool has_ended, actions_.end(action.id, action.state, end, report.at));
  if (!has_ended) return {};
  TRY_OK(actions_.count(action.responder, "done", ""));
  TRY_OK(actions_.wake_dependents(action.incident_id, action.id, report.at));
  if (!action.incident_id.empty() && action.step_id != closing_step) {
    const bool acts = is_acting(action.nature);
    const auto noted = note_phase(database_, {.phase = acts ? IncidentPhase::respond : IncidentPhase::notify,
                                              .incident_id = action.incident_id,
                                              .rule_id = action.rule_id,
                                              .responder = action.responder,
                                              .why = "action " + action.id,
                                              .at = report.at});
    if (!noted) return noted.error();
  }
  return note(action, "done", detail, report.at);
}

/// It was begun in time, and who runs it knows how it ends: it is asked for as long as that takes.
Status ActionSettler::settle_running(const ActionReport& report) {
  const StoredAction& action = report.stored;
  const Duration wait = report.result.wait.value_or(Duration(acting_backoff.wait_max));
  const Timestamp next{report.at.microseconds + wait.count()};
  const Timestamp expires{next.microseconds + Duration(running_leeway).count()};
  TRY_OK(actions_.extend(action.id, expires));
  TRY(const bool is_changed, actions_.retry(action.id, next, true, report.result.why));
  if (!is_changed || action.may_be_done) return {};
  return note(action, "running", report.result.why, report.at);
}

/// Another attempt, unless it would come too late: then it is said whether the ones before may have had their
/// effect.
Status ActionSettler::settle_again(const ActionReport& report, bool may_be_done) {
  const StoredAction& action = report.stored;
  const Backoff& backoff = is_acting(action.nature) ? acting_backoff : telling_backoff;
  const FailedTry failed{.tries = action.attempts + 1,
                         .asked = report.result.wait,
                         .left = Duration(action.expires.microseconds - report.at.microseconds)};
  const auto wait = failed.left > Duration(0) ? wait_before_retry(backoff, failed, random_) : std::nullopt;
  if (!wait) {
    const ActionState state = may_be_done ? ActionState::in_doubt : ActionState::expired;
    return end(with_doubt(action, may_be_done), {state, report.result.why, "", std::nullopt},
               action_state_name(state), "", report.at);
  }
  const Timestamp next{report.at.microseconds + wait->count()};
  TRY(const bool is_changed, actions_.retry(action.id, next, may_be_done, report.result.why));
  if (!is_changed) return {};  // this is told again
  return note(action, "not_done", report.result.why, report.at);
}

/// Who should take it back will not: that may change, by a policy that is mended, and until it does the block
/// is one that nobody wants.
Status ActionSettler::settle_refused_undo(const ActionReport& report) {
  const StoredAction& action = report.stored;
  const std::string why = "cannot be taken back: " + report.result.why;
  if (action.until && report.at >= *action.until)
    return end(action, {ActionState::undone, "its time is over; it " + why, "", std::nullopt}, "", "",
               report.at);
  log::warn("a block cannot be taken back, trying again",
            {{"action", action.id}, {"target", action.target}, {"error", report.result.why}});
  TRY_OK(actions_.postpone(action.id, {report.at.microseconds + Duration(refused_undo_wait).count()},
                           reason_of(action.why) + std::string(not_yet) + why));
  return note(action, "not_undone", report.result.why, report.at);
}

Status ActionSettler::settle_undo(const ActionReport& report) {
  const StoredAction& action = report.stored;
  const ActionResult& result = report.result;
  const std::string reason = reason_of(action.why);
  if (result.verdict == ActionVerdict::done) {
    const std::string& why = result.why.empty() ? reason : result.why;
    return end(action, {ActionState::undone, why, "", std::nullopt}, "undone", "", report.at);
  }
  if (result.verdict == ActionVerdict::failed) return settle_refused_undo(report);
  const FailedTry failed{.tries = 3, .asked = result.wait, .left = Duration(undo_horizon)};
  const Duration wait =
      wait_before_retry(acting_backoff, failed, random_).value_or(Duration(acting_backoff.wait_max));
  return actions_.postpone(action.id, {report.at.microseconds + wait.count()},
                           reason + std::string(not_yet) + result.why);
}

}  // namespace alarum

#include "daemon/respond/action_starter.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace alarum {
namespace {

/// How often an action looks for the one before it, should nobody wake it.
constexpr std::chrono::seconds look_again{5};

bool is_unfinished(ActionState state) {
  return state == ActionState::intent || state == ActionState::executing || state == ActionState::undoing;
}

/// Why an action that was decided in another mode of its responder must not begin; nothing where it may.
std::optional<GuardRefusal> refuse_mode(const StoredAction& action, const ResponsePlan& plan) {
  if (!is_acting(action.nature)) return std::nullopt;
  for (const PlaybookResponder& responder : plan.playbooks.responders) {
    if (responder.name == action.responder && responder.mode == ResponderMode::automatic) return std::nullopt;
  }
  return GuardRefusal{"mode", "", "the mode of '" + action.responder + "' is not auto"};
}

}  // namespace

Result<std::vector<ActionTask>> ActionStarter::start(const ActionChannel& channel, const ResponsePlan& plan,
                                                     Timestamp now) {
  std::vector<ActionTask> out;
  const std::size_t room = channel.room();
  if (room == 0) return out;
  for (const std::string& name : channel.names()) {
    // What is taken back stays in its state while it is under way, so it is found again here.
    TRY(std::vector<StoredAction> found, actions_.to_do(name, now, room + channel.under_way()));
    for (StoredAction& action : found) {
      if (out.size() == room) return out;
      if (channel.is_under_way(action.id)) continue;
      if (action.nature != channel.nature()) {
        TRY_OK(end_of_another(action, now));
        continue;
      }
      TRY(std::optional<ActionTask> task, start_one(std::move(action), plan, now));
      if (task) out.push_back(*std::move(task));
    }
  }
  return out;
}

/// Somebody has given the name to another kind since: what was decided as a message must not run a script,
/// and who sends messages cannot take a block back.
Status ActionStarter::end_of_another(const StoredAction& action, Timestamp now) {
  const std::string why = "the responder of this name does something else now";
  if (action.state == ActionState::undoing)
    return settler_.end(action, {ActionState::done, "cannot be taken back: " + why, "", std::nullopt}, "", "",
                        now);
  const ActionState state = action.may_be_done ? ActionState::in_doubt : ActionState::failed;
  return settler_.end(action, {state, why, "", std::nullopt}, action_state_name(state), "", now);
}

Result<std::optional<ActionTask>> ActionStarter::start_one(StoredAction action, const ResponsePlan& plan,
                                                           Timestamp now) {
  if (action.state == ActionState::undoing) {
    TRY(ActionTask task, task_of(std::move(action), true));
    return std::optional(std::move(task));
  }
  TRY(const bool may, may_begin(action, plan, now));
  if (!may) return std::optional<ActionTask>();
  TRY(const bool has_begun, actions_.begin(action.id, now));
  if (!has_begun) return std::optional<ActionTask>();
  action.state = ActionState::executing;
  TRY(ActionTask task, task_of(std::move(action), false));
  return std::optional(std::move(task));
}

Result<bool> ActionStarter::may_begin(const StoredAction& action, const ResponsePlan& plan, Timestamp now) {
  if (now >= action.expires) {
    const ActionState state = action.may_be_done ? ActionState::in_doubt : ActionState::expired;
    const std::string why = "it could begin until " + format_time(action.expires);
    TRY_OK(settler_.end(action, {state, why, "", std::nullopt}, action_state_name(state), "", now));
    return false;
  }
  TRY(const bool is_ready, has_what_it_needs(action, now));
  if (!is_ready || !is_acting(action.nature)) return is_ready;
  std::optional<GuardRefusal> refusal = refuse_mode(action, plan);
  if (!refusal && action.step_id == manual_step && action.attempts == 0) {
    TRY(refusal, judge_.judge(action, plan, now));
  }
  if (!refusal) refusal = judge_.judge_again(action, plan, now);
  if (!refusal) return true;
  TRY_OK(refuse(action, *refusal, now));
  return false;
}

Status ActionStarter::refuse(const StoredAction& action, const GuardRefusal& refusal, Timestamp now) {
  return settler_.end(action, {ActionState::denied, refusal_text(refusal), "", std::nullopt}, "denied",
                      refusal.guard, now);
}

Result<bool> ActionStarter::has_what_it_needs(const StoredAction& action, Timestamp now) {
  if (action.needs.empty()) return true;
  TRY(const std::vector<ActionState> states, actions_.states(action.needs));
  const auto is_done = [](ActionState state) { return state == ActionState::done; };
  if (std::all_of(states.begin(), states.end(), is_done)) return true;
  if (std::any_of(states.begin(), states.end(), is_unfinished)) {
    TRY_OK(actions_.postpone(action.id, {now.microseconds + Duration(look_again).count()},
                             "it waits for the step before it"));
    return false;
  }
  TRY_OK(settler_.end(action, {ActionState::failed, "the step before it was not done", "", std::nullopt},
                      "failed", "", now));
  return false;
}

Result<ActionTask> ActionStarter::task_of(StoredAction action, bool is_undo) {
  TRY(ToldAction told, notices_.read(action));
  ActionTask out;
  out.action = {.notice = std::move(told.notice),
                .attempt = action.attempts + 1,
                .may_be_done = action.may_be_done,
                .alert_json = std::move(told.alert_json),
                .rule_id = action.rule_id,
                .target_type = action.target_type,
                .target = action.target,
                .lasts = action.lasts,
                .expires = action.expires,
                .is_end = action.step_id == closing_step};
  out.is_undo = is_undo;
  out.stored = std::move(action);
  return out;
}

}  // namespace alarum

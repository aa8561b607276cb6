#include "daemon/respond/action_worker.h"

#include "daemon/base/ensure.h"
#include "daemon/base/fault.h"
#include "daemon/base/thread_name.h"

#include <utility>

namespace alarum {

ActionWorker::ActionWorker(std::unique_ptr<Responder> responder, Clock& clock,
                           std::function<void(ActionReport)> report)
    : responder_(std::move(responder)),
      clock_(clock),
      report_(std::move(report)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ActionWorker::~ActionWorker() { stop(); }

void ActionWorker::stop() {
  thread_.request_stop();
  queue_.close();
}

void ActionWorker::hand_over(ActionTask task) {
  const bool has_room = queue_.try_push(task);
  ENSURE(has_room || thread_.get_stop_token().stop_requested(), "there is room for what is handed over");
}

void ActionWorker::run(const std::stop_token& stop) {
  name_thread("responder");
  // Closing the queue wakes whoever waits; the time only bounds what a mistake would cost.
  while (!stop.stop_requested()) carry_out(take(std::chrono::seconds(1)), stop);
  while (queue_.size() > 0) carry_out(take(Duration(0)), stop);
}

/// As many of those that are there as the responder carries out together; waits for the first.
std::vector<ActionTask> ActionWorker::take(Duration wait) {
  std::vector<ActionTask> out;
  for (auto task = queue_.pop_for(wait); task; task = queue_.try_pop()) {
    out.push_back(*std::move(task));
    if (out.size() == responder_->together_max()) break;
  }
  return out;
}

void ActionWorker::carry_out(std::vector<ActionTask> tasks, const std::stop_token& stop) {
  std::vector<ActionTask> together;
  for (ActionTask& task : tasks) {
    if (!may_ask(task, stop)) continue;
    if (!task.is_undo && !task.not_to_block) {
      together.push_back(std::move(task));
      continue;
    }
    act(std::exchange(together, {}), stop);
    ActionResult result = let_go_or_undo(task, stop);
    report(std::move(task), std::move(result));
  }
  act(std::move(together), stop);
}

/// Whether the responder is to be asked. Otherwise the task has been given back with the reason.
bool ActionWorker::may_ask(ActionTask& task, const std::stop_token& stop) {
  const bool is_late = !task.is_undo && !task.not_to_block && clock_.wall() >= task.action.expires;
  if (!stop.stop_requested() && !is_late) return true;
  const std::string why = stop.stop_requested() ? "the service is ending" : "its deadline has passed";
  report(std::move(task), {.verdict = ActionVerdict::not_done, .why = why}, false);
  return false;
}

void ActionWorker::act(std::vector<ActionTask> tasks, const std::stop_token& stop) {
  std::vector<ActionTask> asked;
  std::vector<Action> actions;
  for (ActionTask& task : tasks) {
    const Status before = fault::point("action_before_send");
    if (!before) {
      report(std::move(task), {.verdict = ActionVerdict::not_done, .why = before.error().message});
      continue;
    }
    actions.push_back(std::move(task.action));
    asked.push_back(std::move(task));
  }
  if (actions.empty()) return;
  std::vector<ActionResult> results = responder_->act_together(actions, stop);
  ENSURE(results.size() == asked.size(), "each action has a result");
  bool has_failed = false;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (const Status after = fault::point("action_after_reply"); !after)
      results[i] = {.verdict = ActionVerdict::in_doubt, .why = after.error().message};
    const ActionResult& result = results[i];
    const bool fails = !result.is_busy && !result.is_running && result.verdict != ActionVerdict::done &&
                       result.verdict != ActionVerdict::failed;
    const bool is_repeated = fails && std::exchange(has_failed, true);
    report(std::move(asked[i]), std::move(results[i]), !is_repeated);
  }
}

ActionResult ActionWorker::let_go_or_undo(const ActionTask& task, const std::stop_token& stop) {
  if (task.not_to_block) return responder_->let_go(*task.not_to_block, stop);
  if (const Status before = fault::point("action_before_send"); !before)
    return {.verdict = ActionVerdict::not_done, .why = before.error().message};
  ActionResult out = responder_->undo(task.action, stop);
  if (const Status after = fault::point("action_after_reply"); !after)
    return {.verdict = ActionVerdict::in_doubt, .why = after.error().message};
  return out;
}

void ActionWorker::report(ActionTask task, ActionResult result, bool is_evidence) {
  report_({.stored = std::move(task.stored),
           .is_undo = task.is_undo,
           .not_to_block = task.not_to_block,
           .result = std::move(result),
           .at = clock_.wall(),
           .is_evidence = is_evidence});
}

}  // namespace alarum

#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/base/time.h"
#include "daemon/respond/stored_action.h"
#include "responders/responder.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace alarum {

/// An action on its way to a responder.
struct ActionTask {
  StoredAction stored;
  Action action;
  bool is_undo = false;
  std::optional<NotToBlock> not_to_block = {};  ///< with it there is no action: `stored` only names the task
};

/// What came of it.
struct ActionReport {
  StoredAction stored;
  bool is_undo = false;
  std::optional<NotToBlock> not_to_block = {};
  ActionResult result;
  Timestamp at;  ///< when it ended
  /// Whether it says something of whom to ask: not where nobody was asked, since it was too late or the
  /// service was ending. Of several that were asked for together and fail together the first alone does.
  bool is_evidence = true;
};

/// Carries out the actions of one responder, in the order in which they come, in a thread of its own: a
/// target that hangs holds up nobody else's. Any thread, but for `responder`.
class ActionWorker {
 public:
  /// How many tasks wait at most.
  static constexpr std::size_t queue_max = 16;

  /// Takes over the responder. `clock` outlives this; `report` is called from the thread with each end, and
  /// may wait.
  ActionWorker(std::unique_ptr<Responder> responder, Clock& clock, std::function<void(ActionReport)> report);
  /// Stops what is under way, and ends: what has not begun is given back as not done.
  ~ActionWorker();
  ActionWorker(const ActionWorker&) = delete;
  ActionWorker& operator=(const ActionWorker&) = delete;

  /// How many more tasks are taken now.
  std::size_t room() const { return queue_max - queue_.size(); }
  /// Hands over a task, whose state is committed. Only who asks for `room` calls it, and no more often than
  /// that says.
  void hand_over(ActionTask task);
  /// Ends what is under way as soon as it can.
  void stop();

 private:
  void run(const std::stop_token& stop);
  std::vector<ActionTask> take(Duration wait);
  void carry_out(std::vector<ActionTask> tasks, const std::stop_token& stop);
  void act(std::vector<ActionTask> tasks, const std::stop_token& stop);
  ActionResult let_go_or_undo(const ActionTask& task, const std::stop_token& stop);
  bool may_ask(ActionTask& task, const std::stop_token& stop);
  void report(ActionTask task, ActionResult result, bool is_evidence = true);

  std::unique_ptr<Responder> responder_;
  Clock& clock_;
  std::function<void(ActionReport)> report_;
  BoundedQueue<ActionTask> queue_{queue_max};
  std::jthread thread_;  // last: it uses the others
};

}  // namespace alarum

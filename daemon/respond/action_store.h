#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/effect_check.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/playbook_decision.h"
#include "daemon/respond/stored_action.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// An alert of the ledger for which nothing has been decided yet.
struct UndecidedAlert {
  std::int64_t number = 0;  ///< its place among the alerts
  std::string id;           ///< 32 hex digits
  std::string incident_id;
  std::string json;
};

/// What an end of an action changes in its row.
struct ActionEnd {
  ActionState state = ActionState::done;
  std::string why;
  std::string reference;           ///< empty: as it is
  std::optional<Timestamp> until;  ///< of a block that is done
};

/// Actions and decisions in the ledger: the SQL of who carries them out. What writes is called inside of a
/// transaction of the caller, and is true when that is committed. One thread.
class ActionStore {
 public:
  /// `database` is one that writes, and outlives this.
  explicit ActionStore(LedgerDatabase& database) : database_(database) {}

  /// The oldest alerts for which nothing is decided, at most `max`.
  Result<std::vector<UndecidedAlert>> undecided(std::size_t max);
  /// Everything up to this alert is decided.
  Status note_decided(std::int64_t alert_number);
  /// Adds what each step has done about this target for the incident so far. A block is open as long as it
  /// lasts.
  Status add_history(const std::string& incident_id, const std::string& target_key, Timestamp now,
                     std::map<StepTarget, StepHistory>& into);
  /// Writes down what became of a step for a target: the last fate, and how often there was any.
  Status note_decision(const StepDecision& decision, std::string_view fate, const GuardRefusal& refusal,
                       const UndecidedAlert& alert, Timestamp now);
  /// Adds an action; false where there is one of its id.
  Result<bool> insert(const StoredAction& action);
  /// One more of `alarum_actions_total`, and with a guard of `alarum_action_denied_total`.
  Status count(std::string_view responder, std::string_view outcome, std::string_view guard);

  /// What is to be done now, or taken back, by this responder: what is to be taken back first, then what
  /// waits longest.
  Result<std::vector<StoredAction>> to_do(std::string_view responder, Timestamp now, std::size_t max);
  /// Whether there is an alert for which nothing is decided.
  Result<bool> has_undecided();
  /// All actions that have not come to their end.
  Result<std::vector<StoredAction>> unfinished();
  /// The action of this id; nothing where there is none.
  Result<std::optional<StoredAction>> find(const std::string& id);
  /// The states of the actions of these ids.
  Result<std::vector<ActionState>> states(const std::vector<std::string>& ids);

  /// An attempt begins. False where the action is not in the state `intent` any more.
  Result<bool> begin(const std::string& id, Timestamp now);
  /// The action has come out of the state `from` to its end. False where it is not in that state any more.
  Result<bool> end(const std::string& id, ActionState from, const ActionEnd& end, Timestamp now);
  /// The next attempt may begin at `next`. False where none is under way.
  Result<bool> retry(const std::string& id, Timestamp next, bool may_be_done, const std::string& why);
  /// An attempt that was written down has not begun after all.
  Status withdraw(const std::string& id);
  /// Attempts may begin until then, and no shorter than before.
  Status extend(const std::string& id, Timestamp expires);
  /// What is to be taken back is tried again at `next`.
  Status postpone(const std::string& id, Timestamp next, const std::string& why);
  /// Clocks are set back: what was decided in the future is as if it were decided now, and what would not be
  /// tried again for longer than anything waits is tried now. With `is_sure` a step back was seen, and
  /// nothing waits any longer.
  Status bring_to_present(Timestamp now, bool is_sure);
  /// Those that wait for this action may be looked at now.
  Status wake_dependents(const std::string& incident_id, const std::string& id, Timestamp now);

  /// Blocks that last, or are to begin: what is to be judged again when something becomes protected.
  Result<std::vector<StoredAction>> live_blocks(Timestamp now);
  /// Blocks that were done and are not over, or were over not long ago: what is to be watched.
  Result<std::vector<WatchedBlock>> watched(Timestamp now);
  /// Events of the block's target still came, the latest at `at`. False where that was known.
  Result<bool> note_seen(const std::string& id, Timestamp at);

 private:
  Result<std::vector<StoredAction>> read(std::string_view sql, LedgerValues values);

  LedgerDatabase& database_;
};

}  // namespace alarum

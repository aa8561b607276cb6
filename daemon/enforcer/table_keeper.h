#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/result.h"
#include "daemon/enforcer/block_table.h"
#include "daemon/enforcer/enforcer_state.h"
#include "daemon/enforcer/reconcile.h"
#include "daemon/enforcer/session_clock.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace alarum::enforcer {

/// Keeps the kernel's table so that it blocks what is to be blocked, and counts what somebody else changed in
/// it. One thread.
class TableKeeper {
 public:
  /// All of them must outlive this; nothing is looked at yet.
  TableKeeper(BlockTable& table, const EnforcerState& state, SessionClock& session, Clock& clock)
      : table_(table), state_(state), session_(session), clock_(clock) {}

  /// Shows the kernel what is so of this target now: blocked and how long still, or not.
  Status show(const IpNetwork& target);
  /// Lets everybody go.
  Status let_all_go();

  /// Makes the table hold what it should. What differs is somebody else's doing, unless this process could
  /// not write it before, or has only just started: `is_start`.
  Status reconcile(bool is_start);

  /// The same where it is known not to be so: what the kernel did not take before may block somebody still.
  Status make_sound() { return is_sound_ ? Status() : reconcile(false); }

  /// Whether the table is as it should be, as far as is known.
  bool is_sound() const { return is_sound_; }
  /// Whether somebody else touched the table since it was looked at. Said at most ten times a second: others
  /// may go on for ever.
  bool is_touched();
  /// Whether it is to be looked at, because it is not sound or was not looked at for so long.
  bool is_due(Duration interval) { return !is_sound_ || clock_.steady() >= reconciled_at_ + interval; }
  /// How many differences were somebody else's doing.
  std::size_t drift_count() const { return drift_count_; }

 private:
  Status write(const IpNetwork& target);
  Status repair(bool is_intact, const std::vector<TableEntry>& found, bool is_ours);
  Status mend(const Repair& repair);
  std::vector<TableEntry> wanted();

  BlockTable& table_;
  const EnforcerState& state_;
  SessionClock& session_;
  Clock& clock_;
  Duration reconciled_at_{0};  // on the steady clock
  bool is_sound_ = true;
  bool is_touched_ = false;
  LogLimit drift_lines_{std::chrono::seconds(10)};
  LogLimit own_lines_{std::chrono::seconds(10)};
  LogLimit unread_lines_{std::chrono::seconds(10)};
  std::size_t drift_count_ = 0;
};

}  // namespace alarum::enforcer

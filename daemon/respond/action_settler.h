#pragma once

#include "daemon/base/backoff.h"
#include "daemon/base/log_limit.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/action_worker.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/stored_action.h"
#include "responders/responder.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace alarum {

/// Writes down what became of actions: their ends, or when they are tried again, with the counts, the audit
/// log and the times of incidents. Inside of a transaction of the caller. One thread.
class ActionSettler {
 public:
  /// What it uses outlives this.
  ActionSettler(LedgerDatabase& database, ActionStore& actions, AuditLog audit, RandomSource random)
      : database_(database), actions_(actions), audit_(std::move(audit)), random_(std::move(random)) {}

  /// What came of an attempt by a responder of this class.
  Status settle(const ActionReport& report, DeliveryClass delivery);

  /// The action has come to its end without an attempt, or is to be taken back: `outcome` is what it counts
  /// as (empty: nothing), `guard` who refused it (empty: nobody). A block that may be there without having
  /// been answered for is taken back, whatever end it comes to: nobody would find it again.
  Status end(const StoredAction& action, const ActionEnd& wanted, std::string_view outcome,
             std::string_view guard, Timestamp now);

  /// Has the block taken back, or not begun, because of this guard. What an attempt has begun is judged when
  /// that is over: then it is done, or is tried again.
  Status revoke(const StoredAction& block, const GuardRefusal& refusal, Timestamp now);

  /// A line of the audit log: the breaker has tripped.
  Status note_tripped(const Breaker& breaker);

  /// The process ended while an attempt was under way: it is tried again, and whoever tries knows that it may
  /// have been done.
  Status resume(const StoredAction& action, Timestamp now);

  /// A line of the audit log about an action, by the daemon itself.
  Status note(const StoredAction& action, std::string_view what, const std::string& detail, Timestamp now);

 private:
  void complain_of(const StoredAction& action, const ActionEnd& end);
  Status settle_undo(const ActionReport& report);
  Status settle_refused_undo(const ActionReport& report);
  Status settle_done(const ActionReport& report);
  Status settle_running(const ActionReport& report);
  Status settle_again(const ActionReport& report, bool may_be_done);

  LedgerDatabase& database_;
  ActionStore& actions_;
  AuditLog audit_;
  RandomSource random_;
  std::map<std::string, LogLimit> complaints_;  // by responder
};

}  // namespace alarum

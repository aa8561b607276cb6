#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/block_judge.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/guard_store.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/playbook_decision.h"
#include "daemon/respond/response_plan.h"

#include <cstdint>
#include <map>
#include <string>

namespace alarum {

/// Decides what is done about an alert of the ledger, and writes down all of it: actions, and for every step
/// of every playbook why it runs or not. Inside of a transaction of the caller. One thread.
class AlertDecider {
 public:
  /// What it uses outlives this.
  AlertDecider(LedgerDatabase& database, ActionStore& actions, GuardStore& guards, BlockJudge& judge)
      : database_(database), actions_(actions), guards_(guards), judge_(judge) {}

  /// Decides by `plan`. The error is the ledger's: nothing is decided then.
  Status decide(const UndecidedAlert& alert, const ResponsePlan& plan, Timestamp now);

 private:
  Result<std::map<StepTarget, StepHistory>> history_of(const CommittedAlert& committed,
                                                       const std::string& incident_id, Timestamp now);
  /// What became of a decision: the steps behind it wait for what it began.
  enum class Outcome : std::uint8_t { begun, shadowed, none };

  Result<Outcome> settle(StepDecision decision, const UndecidedAlert& alert, const CommittedAlert& committed,
                         const ResponsePlan& plan, Timestamp now);
  Result<Outcome> act(StepDecision decision, const UndecidedAlert& alert, const CommittedAlert& committed,
                      const ResponsePlan& plan, Timestamp now);

  LedgerDatabase& database_;
  ActionStore& actions_;
  GuardStore& guards_;
  BlockJudge& judge_;
};

}  // namespace alarum

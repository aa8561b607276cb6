#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/action_store.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/response_plan.h"

#include <string>

namespace alarum {

/// Has what was told of an incident ended when that is resolved: its ticket closed. Inside of a transaction
/// of the caller. One thread.
class IncidentCloser {
 public:
  /// What it uses outlives this.
  IncidentCloser(LedgerDatabase& database, ActionStore& actions) : database_(database), actions_(actions) {}

  /// Reads on in the journal, and adds an action for each incident that was resolved and each responder that
  /// has told of it, or is about to, and ends what it told. The error is the ledger's: nothing is added then.
  Status close(const ResponsePlan& plan, Timestamp now);

 private:
  Status end_told(const std::string& incident_id, const std::string& responder, Timestamp now);

  LedgerDatabase& database_;
  ActionStore& actions_;
};

}  // namespace alarum

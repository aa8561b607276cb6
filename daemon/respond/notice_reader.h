#pragma once

#include "daemon/base/result.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/stored_action.h"
#include "responders/incident_notice.h"

#include <string>

namespace alarum {

/// What a responder is told of an action.
struct ToldAction {
  IncidentNotice notice;
  std::string alert_json;  ///< of the action's alert; empty where it has none
};

/// Reads from the ledger what responders are told, as it is now: inside of a transaction of the caller. One
/// thread.
class NoticeReader {
 public:
  /// `database` outlives this.
  explicit NoticeReader(LedgerDatabase& database) : database_(database) {}

  /// The action's incident. That the breaker has tripped is told without any.
  Result<ToldAction> read(const StoredAction& action);

 private:
  Result<std::string> breaker_entry();
  Status add_entities(const std::string& incident_id, IncidentNotice& notice);

  LedgerDatabase& database_;
};

}  // namespace alarum

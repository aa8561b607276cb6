#pragma once

#include "daemon/base/result.h"
#include "daemon/base/string_map.h"
#include "daemon/base/time.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/playbook_decision.h"
#include "daemon/respond/response_plan.h"
#include "daemon/respond/stored_action.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// What guard rails have to know over restarts: what was blocked lately, whether the breaker is tripped, and
/// how long each revision of a rule is known. What writes is called inside of a transaction of the caller.
/// One thread.
class GuardStore {
 public:
  /// `database` is one that writes, and outlives this.
  explicit GuardStore(LedgerDatabase& database) : database_(database) {}

  /// Adds how often each step has blocked this target within `repeat_window`, for any incident.
  Status add_blocks(const std::string& target_key, Timestamp now, std::map<StepTarget, StepHistory>& history);

  /// The breaker as it stands in the ledger.
  Result<Breaker> breaker();
  /// It has tripped.
  Status trip(const Breaker& breaker);

  /// Notes for each rule since when this revision of it is known: a new or changed one since now.
  Status note_revisions(const StringMap<RuleTrait>& rules, Timestamp now);
  /// Since when the revision of the rule that was noted last is known; nothing where the rule is not.
  Result<std::optional<Timestamp>> rule_since(std::string_view rule_id);

 private:
  LedgerDatabase& database_;
};

}  // namespace alarum

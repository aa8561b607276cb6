#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// One action: what was to be done, and what became of it.
struct ActionSummary {
  std::int64_t number = 0;  ///< grows with each new action
  std::string id;
  std::string incident;  ///< id; empty: a person asked for it
  std::string rule;      ///< id of the rule whose alert asked for it; may be empty
  std::string playbook;  ///< empty: a person asked for it
  std::string responder;
  std::string nature;  ///< `telling`, `running`, `blocking`
  std::string target;  ///< an address, or what the entity was
  std::string state;   ///< as the ledger says it: `intent`, `executing`, `done`, …
  std::int64_t attempts = 0;
  Timestamp intended;              ///< when it was decided
  std::optional<Timestamp> ended;  ///< when its last attempt was over
  std::optional<Timestamp> until;  ///< of a block that is done, or in shadow: its end
  std::string reference;           ///< what it is called there: the key of a ticket
  std::string why;                 ///< for people
};

/// What became of a step of a playbook last, for one target, or for none.
struct StepOutcome {
  std::string playbook;
  std::int64_t step = 0;  ///< its place in the playbook, from 1
  std::string responder;
  std::string target;
  std::string fate;       ///< `run`, `shadow`, `condition`, …: docs/reference/playbooks.md
  std::string guard;      ///< that refused; else empty
  std::string entry;      ///< of that guard
  std::string why;        ///< for people
  std::string action_id;  ///< empty: none
  std::string alert_id;   ///< the alert that asked for it last
  Timestamp at;
  std::int64_t times = 0;    ///< how often it came to that
  std::int64_t targets = 0;  ///< for how many targets the step was decided in all
};

/// An entry of the audit log with its place in it.
struct AuditLine {
  std::int64_t number = 0;  ///< from 1
  AuditEntry entry;
  std::string hash;
};

/// Why everything is in shadow.
struct TrippedBreaker {
  std::string guard;
  std::string entry;
  std::string why;
  Timestamp at;
};

/// The numbers of actions that stand or are still to come at the moment `?1`: blocks until their end, in
/// shadow or not, and those that are to be done or taken back. A part of a statement, which finds them by the
/// indexes for it however long the ledger is.
inline constexpr std::string_view standing_actions =
    "(SELECT action_number FROM actions INDEXED BY blocks_by_end"
    " WHERE state IN ('done', 'shadow') AND until_us IS NOT NULL AND until_us > ?1 UNION ALL"
    " SELECT action_number FROM actions INDEXED BY unfinished_blocks"
    " WHERE nature = 'blocking' AND state IN ('intent', 'executing', 'undoing'))";

/// Reads what is done about incidents, over somebody's connection; in a transaction of that all of one
/// moment. `before` is the number before which a page begins; 0: the newest.
class ActionReader {
 public:
  /// `database` outlives this.
  explicit ActionReader(LedgerDatabase& database) : database_(database) {}

  /// Blocks that stand at `now`, in shadow or not, or are to come, or to go. Newest first.
  Result<LedgerList<ActionSummary>> blocks(Timestamp now, std::int64_t before, LedgerPage page);
  /// The actions of an incident, newest first.
  Result<LedgerList<ActionSummary>> actions(const std::string& incident, std::int64_t before,
                                            LedgerPage page);
  /// What became of the steps of all playbooks for an incident, in their order; of each step the targets that
  /// were decided last.
  Result<LedgerList<StepOutcome>> steps(const std::string& incident, LedgerPage page);
  /// The audit log, newest first.
  Result<LedgerList<AuditLine>> audit(std::int64_t before, LedgerPage page);
  /// Nothing where it has not tripped.
  Result<std::optional<TrippedBreaker>> breaker();

 private:
  LedgerDatabase& database_;
};

}  // namespace alarum

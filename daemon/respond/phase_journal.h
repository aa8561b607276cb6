#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/incident.h"
#include "daemon/respond/ledger_database.h"

#include <string_view>

namespace alarum {

/// What the daemon itself brought to an end in the life of an incident. Views: the texts outlive the call.
struct PhaseNews {
  IncidentPhase phase = IncidentPhase::notify;  ///< `notify`, `respond` or `contain`
  std::string_view incident_id;
  std::string_view rule_id;    ///< of the alert that asked for the action; empty: as that which opened it
  std::string_view responder;  ///< by whom it was done
  std::string_view why;        ///< for people: `action 0123…`
  Timestamp at;                ///< when it was done
};

/// Writes into the journal that a phase has come to its end, with `who` = `alarumd`, the level that the
/// incident has now, and the time since its detection (of a clock that was set back: none). The first time
/// only: a second one, in this transaction or another, does nothing and gives false, so that a crash in
/// between counts nothing twice. `notify` is the first action that tells, `respond` the first one that acts;
/// an action in shadow is neither, and is not to be given here. `contain` also brings the incident to the
/// state `contained` with a revision of its own, unless it is contained or resolved: it only goes forward.
/// One that nobody has acknowledged stays unacknowledged for all that, and goes on waiting for somebody (no
/// phase of that name is written; `IncidentFigures::unacknowledged`).
///
/// Belongs into a transaction of the caller. The error is that of the ledger, or `not_found`.
Result<bool> note_phase(LedgerDatabase& database, const PhaseNews& news);

}  // namespace alarum

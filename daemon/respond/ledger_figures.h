#pragma once

#include "daemon/base/result.h"
#include "daemon/respond/incident_figures.h"
#include "daemon/respond/ledger_database.h"

#include <cstdint>
#include <memory>

namespace alarum {

/// Follows the journal and keeps the figures up to date. The first look reads all of it, each later one what
/// has come since: so a restart counts what a process before it counted, and each phase of an incident once.
/// The delivery thread.
class LedgerFigures {
 public:
  /// `database` outlives this.
  explicit LedgerFigures(LedgerDatabase& database) : database_(database) {}

  /// Takes in what was committed since the last look. After an error the figures hold what was read before
  /// it, each line of the journal once, and the next look goes on there.
  Status look();

  /// As of the last look.
  const IncidentFigures& figures() const { return figures_; }

 private:
  Result<bool> read_journal();
  Status read_open();
  Status read_unacknowledged();

  LedgerDatabase& database_;
  IncidentFigures figures_;
  std::int64_t last_ = 0;  // everything in the journal up to here is in the figures
};

}  // namespace alarum

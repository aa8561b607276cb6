#pragma once

#include "daemon/base/result.h"

namespace alarum {

class LedgerDatabase;

/// Whether a ledger is one that this program knows: not of a later version, and of no other program. The
/// error names it, here and below.
Status check_ledger(LedgerDatabase& database);

/// Brings a ledger to the schema that this program knows, one version after the other, each in a transaction:
/// a crash in between leaves the version before. What `check_ledger` refuses is not changed.
/// docs/incidents.md describes the tables.
Status migrate_ledger(LedgerDatabase& database);

}  // namespace alarum

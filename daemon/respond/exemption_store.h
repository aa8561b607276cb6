#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/guard_rails.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_reader.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is not blocked for a time, as the ledger keeps it over restarts.
namespace alarum {

/// Why a network is not blocked: people allowed it, or they have unblocked it.
enum class ExemptionKind : std::uint8_t { allowed, left_alone };

/// `allowed`, `left_alone`.
std::string_view exemption_kind_name(ExemptionKind kind);

/// An exemption, and who made it.
struct ExemptionEntry {
  IpNetwork network;
  ExemptionKind kind = ExemptionKind::allowed;
  Timestamp until;
  Timestamp at;                         ///< when it was made
  std::string who;                      ///< the name of the user, as it was then
  std::optional<std::int64_t> who_uid;  ///< nothing: the daemon by itself
  std::string why;
};

/// How many of a kind may be in force: each block is compared with all of them.
inline constexpr std::size_t exemptions_max = 10'000;

/// How long one that is over is kept: where a clock was wrong it comes back with the right time.
inline constexpr Duration exemption_kept = std::chrono::hours(7 * 24);

/// Those that are in force at `now`, as guard rails take them. An entry that is no network is an error: what
/// somebody wanted to be left alone must not be lost.
Result<Exemptions> read_exemptions(LedgerDatabase& database, Timestamp now);

/// The same for people: what was allowed first, then by network.
Result<LedgerList<ExemptionEntry>> list_exemptions(LedgerDatabase& database, Timestamp now, LedgerPage page);

/// Adds exemptions of one moment, each in place of the one of its kind and network, if there is one, and
/// removes those that have been over for `exemption_kept`. Inside a transaction, with an entry in the audit
/// log for each. Letting go needs no room: where too many are left alone, the one that ends first makes room.
/// Where too many are allowed that is an error (`invalid`).
Status put_exemptions(LedgerDatabase& database, AuditLog& audit, const std::vector<ExemptionEntry>& entries);

/// Takes back what was allowed, and that it is left alone, of exactly this network. `not_found` where there
/// is neither.
Status remove_exemptions(LedgerDatabase& database, AuditLog& audit, const IpNetwork& network,
                         const AuditEntry& by);

}  // namespace alarum

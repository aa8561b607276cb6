#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/audit_log.h"
#include "daemon/respond/ledger_database.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// A block that is in force, or is to come.
struct StandingBlock {
  std::string id;
  std::string incident;             ///< empty: a person asked for it
  std::optional<IpNetwork> target;  ///< nothing where another program wrote something else
  bool is_done = false;             ///< else it is to come
  bool is_begun = false;            ///< an attempt to make it is under way

  /// Whether it blocks an address of `network`, be it as the IPv4 address inside of an IPv6 one.
  bool shares_with(const IpNetwork& network) const;
  /// Whether all that it blocks is in `network`, by either of the two.
  bool is_within(const IpNetwork& network) const;
};

/// Which of them; what is empty is any.
struct StandingFilter {
  std::string incident = {};                                     ///< id
  std::string rule = {};                                         ///< id
  Timestamp since = {std::numeric_limits<std::int64_t>::min()};  ///< decided then or later
};

/// The blocks that are in force at `now` or are to come, oldest first; none in shadow.
Result<std::vector<StandingBlock>> standing_blocks(LedgerDatabase& database, const StandingFilter& filter,
                                                   Timestamp now);

/// The responders whose blocks are in force at `now`, or are to come or to go, by name.
Result<std::vector<std::string>> standing_responders(LedgerDatabase& database, Timestamp now);

/// Writes down that the block is to be taken back from `by.at` on, or does not begin, with an entry in the
/// audit log for it. One that is being made in this moment is not touched.
Status take_back(LedgerDatabase& database, AuditLog& audit, const StandingBlock& block, const AuditEntry& by);

}  // namespace alarum

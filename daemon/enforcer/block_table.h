#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <optional>
#include <span>
#include <vector>

namespace alarum::enforcer {

/// A target that is blocked, and for how long still; without a time it is blocked for ever, which only others
/// than the enforcer do.
struct TableEntry {
  IpNetwork target;
  std::optional<Duration> left;
};

/// What the kernel's table holds.
struct TableListing {
  bool is_intact = false;  ///< all but the entries is as it was made
  std::vector<TableEntry> entries;
};

/// What blocks: the kernel's packet filter, or a list in memory for tests. Each call is done as a whole or
/// not at all. One thread.
class BlockTable {
 public:
  virtual ~BlockTable() = default;

  /// Makes the table anew, with exactly these entries.
  virtual Status rebuild(std::span<const TableEntry> entries) = 0;
  /// Blocks a target for the time that the entry has; one that is blocked already gets that time.
  virtual Status put(const TableEntry& entry) = 0;
  /// Blocks a target no more, if it is blocked.
  virtual Status remove(const IpNetwork& target) = 0;
  /// Blocks nothing any more.
  virtual Status flush() = 0;
  /// Takes the table away, if there is one: the way out when nothing else works.
  virtual Status drop() = 0;
  /// Whether somebody else changed it since the last call, as far as the kernel told.
  virtual bool was_changed() = 0;
  /// What is blocked. A table that is not there is not intact, and no error.
  virtual Result<TableListing> list() = 0;
};

}  // namespace alarum::enforcer

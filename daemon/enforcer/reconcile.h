#pragma once

#include "daemon/enforcer/block_table.h"

#include <cstddef>
#include <span>
#include <vector>

namespace alarum::enforcer {

/// What has to be done so that the kernel's table holds what it should.
struct Repair {
  std::vector<TableEntry> put;    ///< missing, or with another time
  std::vector<IpNetwork> remove;  ///< not ours, or no more
  std::size_t missing_count = 0;  ///< of those to put: what somebody else took out
  std::size_t retimed_count = 0;  ///< of those to put: what has another time
};

/// Compares what should be blocked with what is. Times may differ by a second, and what has less than a
/// second left may be there or not: the two were not read at the same instant.
Repair compare(std::span<const TableEntry> wanted, std::span<const TableEntry> found);

}  // namespace alarum::enforcer

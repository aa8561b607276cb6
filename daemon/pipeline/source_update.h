#pragma once

#include "daemon/stream/source.h"

#include <vector>

namespace alarum {

/// What the control loop of a source is told after a commit.
struct SourceUpdate {
  Positions committed;                   ///< of its partitions, those that changed
  std::vector<PartitionNotice> ended;    ///< that were committed: behind them nothing is in flight
  std::vector<PartitionStart> to_begin;  ///< that were committed, and whose workers know
};

/// Only that there is something to look at.
struct Wake {};

}  // namespace alarum

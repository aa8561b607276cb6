#pragma once

#include "daemon/pipeline/plan.h"
#include "daemon/stream/commit.h"

#include <cstdint>
#include <memory>
#include <variant>

namespace alarum {

/// Hand over what you have done; then go on, by another plan if there is one.
struct Barrier {
  std::uint64_t number = 0;
  std::shared_ptr<const Plan> next_plan;  ///< null: the same as before
  bool intake_paused = false;             ///< read nothing until a barrier says otherwise
};

/// This partition is yours from now on, and stands here. Comes before its first record.
struct Assignment {
  PartitionId partition;
  PartitionProgress progress;
};

/// Read nothing more and end.
struct Stop {};

/// What the committer tells a worker.
using WorkerCommand = std::variant<Barrier, Assignment, Stop>;

}  // namespace alarum

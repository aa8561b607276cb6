#pragma once

#include "daemon/pipeline/worker_delta.h"
#include "daemon/stream/commit.h"
#include "daemon/stream/source.h"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace alarum {

/// Where a source found to begin: in one commit, all of them or none.
struct NewStarts {
  std::vector<PartitionStart> starts;
};

/// How far each sink is: everything up to this sequence has arrived there.
struct DeliveryProgress {
  std::map<std::string, std::uint64_t> delivered;
};

/// Evaluate by this plan from the next barrier on.
struct NewPlan {
  std::shared_ptr<const Plan> plan;
};

/// A worker has done as much as it may; a barrier before its time would help.
struct CommitSoon {};

/// Commit what there is, then tell everybody to end.
struct Finish {};

/// What the committer is told: by workers, sources, the delivery and the program.
using CommitterMessage = std::variant<WorkerDelta, NewStarts, DeliveryProgress, NewPlan, CommitSoon, Finish>;

}  // namespace alarum

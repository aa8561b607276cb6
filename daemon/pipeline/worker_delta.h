#pragma once

#include "daemon/alert/alert.h"
#include "daemon/base/distinct_sketch.h"
#include "daemon/base/time.h"
#include "daemon/event/event.h"
#include "daemon/pipeline/plan.h"
#include "daemon/stream/commit.h"
#include "daemon/stream/source.h"
#include "daemon/stream/watch_list.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// Something that a worker found and that is to be told once it is committed.
struct Finding {
  OutboxKind kind = OutboxKind::alert;
  std::string key;
  std::string json;
  std::shared_ptr<const AlertRule> rule;  ///< of an alert
  std::optional<Timestamp> event_time;
  TimeBasis time_basis = TimeBasis::unknown;
};

/// How long records lay at the broker before a worker read them: the first one of every batch of a partition.
struct IngestLag {
  std::uint32_t source = 0;  ///< index into the plan's sources
  Duration lag{0};
};

/// What one worker has done since the barrier before: it becomes true when it is committed, all at once, or
/// never. Handed from the worker to the committer.
struct WorkerDelta {
  std::size_t worker = 0;
  std::uint64_t barrier = 0;         ///< the number of the barrier that it answers
  std::shared_ptr<const Plan> plan;  ///< by which all of it was done
  std::map<PartitionId, PartitionProgress> partitions;
  std::map<std::string, OutcomeTotals> totals;             ///< by source: what came on top
  std::map<std::string, DistinctSketch> client_addresses;  ///< by source, where there were any
  std::map<std::string, WatchHits> watched;                ///< the same: clients on the watch list
  std::vector<Finding> findings;
  std::vector<PartitionNotice> notices;         ///< those that end a partition
  std::vector<std::uint64_t> rule_matches;      ///< by index of the plan's rules
  std::vector<std::uint64_t> rule_nanoseconds;  ///< the same, of timed events; it may be shorter
  std::vector<IngestLag> ingest_lags;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

}  // namespace alarum

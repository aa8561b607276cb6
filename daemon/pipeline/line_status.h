#pragma once

#include "daemon/base/histogram.h"
#include "daemon/base/published.h"
#include "daemon/base/time.h"
#include "daemon/event/event.h"
#include "daemon/pipeline/plan.h"
#include "daemon/stream/commit.h"
#include "daemon/stream/watch_list.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// Buckets of times between an event and what we know of it, in seconds.
inline constexpr std::array<double, 12> lag_buckets = {0.05, 0.1, 0.2, 0.4, 0.8, 1.5,
                                                       3,    10,  30,  120, 600, 3600};
/// Buckets of how long a commit takes, in seconds.
inline constexpr std::array<double, 9> commit_buckets = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2};

/// What is known of one source, as of the last commit.
struct SourceStatus {
  OutcomeTotals totals;
  std::map<PartitionId, PartitionProgress> partitions;
  Histogram ingest_lag{lag_buckets};
  /// Distinct addresses of clients in events that were committed in the last ten minutes; estimated.
  std::uint64_t client_addresses_recent = 0;
  /// Clients of those events that are on the watch list, each since it came onto the list; null before the
  /// first. As of the same commits as `partitions`: whoever sees how far we are sees who came until there.
  std::shared_ptr<const WatchHits> watched;
};

/// Records that a source lost before we could read them, and when that was committed.
struct FoundGap {
  PartitionId partition;
  Gap gap;
  Timestamp found_at;
};

/// How many gaps a status holds; of more, the newest. All of them are counted, and in the log.
inline constexpr std::size_t gaps_shown_max = 16;

/// What the line has done since the process began, and where it stands: plain numbers, from which metrics,
/// `/readyz` and `alarum status` are made. A copy that nobody changes.
struct LineStatus {
  std::shared_ptr<const Plan> plan;
  std::map<std::string, SourceStatus> sources;
  std::vector<std::uint64_t> rule_matches;       ///< by index of the plan's rules
  std::vector<std::uint64_t> rule_nanoseconds;   ///< the same: what they cost in the events that were timed
  std::map<std::string, std::uint64_t> alerts;   ///< by level
  std::map<TimeBasis, Histogram> detection_lag;  ///< event time to decision, by where that time is from
  Histogram commit_duration{commit_buckets};
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t commits = 0;
  std::uint64_t outbox_pending = 0;
  std::map<std::string, std::uint64_t> delivered;  ///< by sink
  std::vector<FoundGap> gaps;                      ///< oldest first, at most `gaps_shown_max`
  std::uint64_t gaps_found = 0;
  bool outbox_full = false;   ///< intake waits for the sinks
  std::string store_trouble;  ///< why the last commit could not be written; else empty
  Duration barrier_age{0};    ///< for how long some worker has owed its part of a commit
  Timestamp as_of;
};

}  // namespace alarum

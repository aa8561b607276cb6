#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/pipeline/committer_message.h"
#include "daemon/pipeline/line_status.h"
#include "daemon/pipeline/source_update.h"
#include "daemon/stream/source.h"

#include <cstddef>
#include <set>
#include <vector>

namespace alarum {

/// What a source needs beside the workers that read it: finds partitions, has their starts committed, begins
/// them, and begins them anew after trouble. One thread, which may wait for brokers; or none: a simulation
/// steps it.
class SourceLoop {
 public:
  /// How often it asks its source what is new and how it is.
  struct Options {
    Duration discover_interval = std::chrono::seconds(1);  ///< sources ask their brokers less often
    Duration health_interval = std::chrono::seconds(1);
  };

  /// What it talks to; all of it outlives the loop.
  struct Ports {
    BoundedQueue<SourceUpdate>& updates;
    BoundedQueue<CommitterMessage>& committer;
    Published<SourceHealth>& health;
    Clock& clock;
  };

  /// `workers` is how many there are.
  SourceLoop(Source& source, std::size_t workers, Ports ports, Options options)
      : source_(source), workers_(workers), ports_(ports), options_(options) {}

  /// One round; waits at most `wait` for news.
  void step(Duration wait);

 private:
  void take(SourceUpdate update);
  void discover();
  bool is_due(Duration& last, Duration interval);

  Source& source_;
  std::size_t workers_;
  Ports ports_;
  Options options_;
  Positions committed_;
  std::vector<PartitionNotice> ended_;
  std::set<PartitionId> starting_;  // found, and not begun yet
  bool has_positions_ = false;      // the first update says what was committed in earlier lives
  Duration discovered_at_{-1};
  Duration health_at_{-1};
};

}  // namespace alarum

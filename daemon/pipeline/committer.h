#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/base/published.h"
#include "daemon/base/recent_distinct.h"
#include "daemon/pipeline/committer_message.h"
#include "daemon/pipeline/line_status.h"
#include "daemon/pipeline/source_update.h"
#include "daemon/pipeline/state_store.h"
#include "daemon/pipeline/worker_command.h"
#include "daemon/stream/watch_list.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alarum {

/// Makes what workers did true. Every interval it asks all of them for their part, writes the parts as one
/// commit, and only then lets the world know: workers of partitions that begin, sources of progress, the
/// delivery of entries. Workers go on meanwhile. When the disk refuses, it tries again until it does not;
/// nothing is released before. One thread, or none: a simulation steps it.
class Committer {
 public:
  /// How often it commits, and how it ends.
  struct Options {
    Duration interval = std::chrono::milliseconds(150);
    Duration retry_interval = std::chrono::milliseconds(500);
    /// How long entries may still be delivered at the end.
    Duration drain_max = std::chrono::seconds(3);
    /// With as many entries not delivered, intake waits.
    std::uint64_t outbox_max = 100'000;
    std::set<std::string> alert_sinks;
    std::set<std::string> dead_letter_sinks;
  };

  /// What it talks to; all of it outlives the committer.
  struct Ports {
    StateStore& store;
    BoundedQueue<CommitterMessage>& inbox;
    std::vector<BoundedQueue<WorkerCommand>*> workers;
    std::map<std::string, BoundedQueue<SourceUpdate>*> sources;
    std::vector<BoundedQueue<Wake>*> deliveries;
    Published<LineStatus>& status;
    const Published<WatchList>& watch_list;
    Clock& clock;
  };

  /// Goes on from `state`, as it was loaded from the store; its `delivered` names exactly the sinks that
  /// there are.
  Committer(CommittedState state, const std::shared_ptr<const Plan>& plan, Ports ports, Options options);

  /// One round; waits at most `wait` for news. False when it has finished.
  bool step(Duration wait);

  /// The worker that owns a partition, of so many.
  static std::size_t owner_of(const PartitionId& partition, std::size_t workers);

 private:
  enum class Phase { idle, collecting, writing };

  void take(CommitterMessage message);
  void take_delivery(const DeliveryProgress& progress);
  bool is_due() const;
  void send_barriers();
  void build_batch();
  void merge(WorkerDelta& delta);
  void merge_progress(WorkerDelta& delta);
  void add_entries(std::vector<Finding>& findings, Timestamp detected_at);
  void apply(const PartitionStart& start);
  void count(const WorkerDelta& delta);
  bool has_news() const;
  void write();
  void release();
  void show_watched();
  void note_gap(const PartitionStart& start);
  void settle_deliveries();
  bool flush();
  void publish_status(bool now);
  std::uint64_t pending() const { return state_.last_sequence - state_.delivered_by_all; }
  void adopt(const std::shared_ptr<const Plan>& plan);

  CommittedState state_;  // as it will be once the batch at hand is written
  Ports ports_;
  Options options_;
  LineStatus status_;
  std::map<std::string, RecentDistinct> clients_;  // by source
  std::map<std::string, WatchHits> watched_;       // by source, of the batch at hand
  std::shared_ptr<const WatchList> watch_list_;    // by which the hits that are shown were kept

  Phase phase_ = Phase::idle;
  std::uint64_t barrier_ = 0;
  std::size_t awaited_ = 0;
  std::vector<WorkerDelta> deltas_;
  std::vector<PartitionStart> starts_;     // to be part of the next commit
  std::vector<PartitionStart> starting_;   // part of the one at hand
  std::shared_ptr<const Plan> next_plan_;  // to go out with the next barrier
  std::shared_ptr<const Plan> sent_plan_;  // went out with the last one
  CommitBatch batch_;
  bool delivered_changed_ = false;
  bool is_soon_ = false;
  bool is_finishing_ = false;
  bool is_final_ = false;     // the barrier at hand is the last
  std::uint64_t pauses_ = 0;  // barriers since the end began: after the first nothing is read any more
  Duration drained_by_{0};
  Duration barrier_at_{0};
  Duration write_at_{0};
  Duration status_at_{0};
  std::vector<std::deque<WorkerCommand>> commands_;  // what did not fit into the workers' queues yet
  std::map<std::string, SourceUpdate> updates_;      // what did not fit into the sources'
};

}  // namespace alarum

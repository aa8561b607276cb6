#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/base/published.h"
#include "daemon/pipeline/committer_message.h"
#include "daemon/pipeline/lane.h"
#include "daemon/pipeline/worker_command.h"
#include "daemon/pipeline/worker_delta.h"
#include "daemon/stream/source.h"
#include "daemon/stream/watch_list.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace alarum {

/// Reads records, evaluates them and hands over what became of them whenever the committer asks. It owns the
/// lanes of its partitions; nothing that it does is true before it is committed. One thread, or none: a
/// simulation steps it.
class Worker {
 public:
  /// The worker's share of one source.
  struct Share {
    std::string source;
    Intake* intake = nullptr;
  };

  /// How much it reads at once, and before a commit.
  struct Options {
    std::size_t records_per_poll = 500;
    /// From here on it reads nothing more until the next barrier.
    std::uint64_t delta_records_max = 20'000;
    std::uint64_t delta_bytes_max = 64U << 20U;
    /// How many bytes of records are evaluated before it looks again whether there is room: what they find is
    /// the most that a delta holds beyond its bounds. A larger record is a slice of its own.
    std::uint64_t slice_bytes_max = 1U << 20U;
    Duration poll_wait = std::chrono::milliseconds(10);
    bool keeps_dead_letters = false;  ///< somebody wants to be told of them; they are counted anyway
  };

  /// What it talks to; all of it outlives the worker.
  struct Ports {
    BoundedQueue<WorkerCommand>& commands;
    BoundedQueue<CommitterMessage>& committer;
    Clock& clock;
    /// Where a crash handler finds the record in hand.
    InHand& in_hand;
    /// Whom to look for from the next slice on; null as long as there is nobody.
    const Published<WatchList>& watch_list;
  };

  /// `poison` are the records that are not to be evaluated.
  Worker(std::size_t number, std::vector<Share> shares, std::shared_ptr<const Plan> plan,
         std::set<PoisonRecord> poison, Ports ports, Options options);

  /// One round: what the committer wants, then what the sources have. False when it was told to stop.
  bool step();

 private:
  /// What it keeps of one partition.
  struct Partition {
    PartitionProgress progress;
    std::unique_ptr<Lane> lane;  // made when the first record comes, and after a new plan
  };

  void obey_commands();
  void obey(const WorkerCommand& command);
  void answer(const Barrier& barrier);
  void assign(const Assignment& assignment);
  bool has_room() const;
  void pause_or_resume();
  void poll_shares();
  void read(const Share& share, Duration wait);
  void work_off();
  std::span<const Record> next_slice() const;
  void take_notices(std::span<const PartitionNotice> notices);
  void take_run(const Share& share, std::span<const Record> run);
  void evaluate(Partition& partition, const SourcePlan& source, std::span<const Record> records);
  void add(Finding finding);
  void add_dead_letter(const Coordinates& coordinates, std::string_view reason, std::string_view bytes);
  void refuse_poison(const Share& share, const Record& record);
  void advance(const PartitionId& id, Partition& partition, const Record& last);
  void note_ingest_lag(const SourcePlan& source, const Record& record, Timestamp now);
  WorkerDelta empty_delta() const;

  std::size_t number_;
  std::vector<Share> shares_;
  std::shared_ptr<const Plan> plan_;
  std::set<PoisonRecord> poison_;
  Ports ports_;
  Options options_;
  std::map<PartitionId, Partition> partitions_;
  WorkerDelta delta_;
  IntakeBatch batch_;
  const Share* batch_share_ = nullptr;  // whose batch is worked off; null: the batch is done with
  std::size_t batch_at_ = 0;            // its first record that is not evaluated
  Timestamp batch_read_at_;
  std::size_t next_share_ = 0;  // where the next round begins, so that all have their turn
  LaneOutput lane_output_;
  RuleTimer rule_timer_;
  bool is_stopped_ = false;
  bool intake_paused_ = false;  // because the committer says so
  bool is_paused_ = false;      // what the intakes were told last
};

}  // namespace alarum

#pragma once

#include "daemon/base/clock.h"
#include "daemon/pipeline/committer.h"
#include "daemon/pipeline/delivery.h"
#include "daemon/pipeline/line_status.h"
#include "daemon/pipeline/source_loop.h"
#include "daemon/pipeline/state_store.h"
#include "daemon/pipeline/worker.h"
#include "daemon/stream/sink.h"
#include "daemon/stream/source.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <vector>

namespace alarum {

/// The whole way from sources to sinks: workers, committer, source loops and delivery with the queues between
/// them. Each part is a `step`; LineThreads gives each a thread, a simulation calls them in any order.
class Line {
 public:
  /// How many workers there are, and how the parts behave.
  struct Settings {
    std::size_t workers = 1;
    Worker::Options worker = {};
    Committer::Options committer = {};
    SourceLoop::Options source = {};
  };

  /// What it is made of; all of it outlives the line.
  struct Parts {
    StateStore& store;
    std::vector<Source*> sources;
    std::vector<Delivery::Channel> channels;
    Clock& clock;
  };

  /// Goes on from `state`, as it was loaded from the store; `poison` is not evaluated.
  Line(CommittedState state, const std::shared_ptr<const Plan>& plan, const std::set<PoisonRecord>& poison,
       Parts parts, Settings settings);

  /// How many parts of each kind there are to step, and one committer beside them. The first delivery is that
  /// of the sinks that share one; each sink that is apart has another.
  std::size_t worker_count() const { return workers_.size(); }
  std::size_t source_count() const { return source_loops_.size(); }
  std::size_t delivery_count() const { return deliveries_.size(); }
  /// One round of a part. False when it has ended: a worker that was stopped, the committer after its last
  /// commit.
  bool step_worker(std::size_t worker) { return workers_[worker].step(); }
  bool step_committer(Duration wait) { return committer_->step(wait); }
  void step_source(std::size_t source, Duration wait) { source_loops_[source].step(wait); }
  void step_delivery(std::size_t delivery, Duration wait) { deliveries_[delivery].delivery->step(wait); }

  /// Evaluates by `plan` from the next commit on. Its sources are those of the plan before. Any thread.
  void adopt(std::shared_ptr<const Plan> plan);
  /// Looks for the clients of events in `list` from now on; `status()` says who came. Records that are being
  /// evaluated are looked through by the list before. Any thread.
  void watch(std::shared_ptr<const WatchList> list) { watch_list_.publish(std::move(list)); }
  /// Reads nothing more, commits, delivers what it can, and ends. Any thread.
  void finish();
  /// Whoever waits to tell the committer something waits no longer. Any thread.
  void abandon() { messages_.close(); }

  /// As of the last commits. Any thread.
  std::shared_ptr<const LineStatus> status() const { return status_.get(); }
  /// Of all deliveries; as old as the oldest of them says.
  std::shared_ptr<const DeliveryStatus> delivery_status() const;
  /// Null before its first news.
  std::shared_ptr<const SourceHealth> source_health(std::size_t source) const {
    return healths_[source].get();
  }
  /// For a crash handler: what each worker has in hand.
  std::deque<InHand>& in_hand() { return in_hand_; }

 private:
  /// A delivery with what it is woken by and what it says.
  struct DeliveryPart {
    BoundedQueue<Wake> wake{1};
    Published<DeliveryStatus> status;
    std::unique_ptr<Delivery> delivery;
  };

  void make_deliveries(const std::vector<Delivery::Channel>& channels,
                       const std::map<std::string, std::uint64_t>& delivered, const Parts& parts);

  BoundedQueue<CommitterMessage> messages_;
  std::deque<BoundedQueue<WorkerCommand>> commands_;
  std::deque<BoundedQueue<SourceUpdate>> updates_;
  std::deque<InHand> in_hand_;
  std::deque<Published<SourceHealth>> healths_;
  Published<LineStatus> status_;
  Published<WatchList> watch_list_;
  std::deque<DeliveryPart> deliveries_;
  std::deque<Worker> workers_;
  std::deque<SourceLoop> source_loops_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace alarum

#pragma once

#include "daemon/base/bounded_queue.h"
#include "daemon/base/clock.h"
#include "daemon/pipeline/committer_message.h"
#include "daemon/pipeline/line_status.h"
#include "daemon/pipeline/source_update.h"
#include "daemon/pipeline/state_store.h"
#include "daemon/stream/sink.h"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace alarum {

/// How one sink is doing.
struct SinkStatus {
  std::uint64_t delivered = 0;  ///< entries that arrived since the process began
  std::uint64_t refused = 0;    ///< entries that it will never take
  std::string trouble;          ///< what keeps it from delivering; empty when nothing does
};

/// How the sinks are doing.
struct DeliveryStatus {
  std::map<std::string, SinkStatus> sinks;  ///< by name
  Timestamp as_of{};                        ///< a sink that hangs lets this grow old
};

/// Brings committed entries to the sinks: to each of them in order, and to none only as fast as the slowest.
/// It reads what is in the state and nothing else, so it cannot tell what was not committed. One thread, or
/// none: a simulation steps it.
class Delivery {
 public:
  /// A sink, and the kind of entries that it is to be offered.
  struct Channel {
    Sink* sink = nullptr;
    OutboxKind kind = OutboxKind::alert;
    /// It is offered entries of other kinds too, so that it knows how far it is.
    bool hears_all = false;
    /// It waits for a disk, or for whoever has locked it: the others are not to wait with it. The line gives
    /// it a delivery of its own.
    bool is_apart = false;
  };

  /// What it talks to; all of it outlives the delivery.
  struct Ports {
    StateStore& store;
    BoundedQueue<Wake>& wake;
    BoundedQueue<CommitterMessage>& committer;
    Published<DeliveryStatus>& status;
    Clock& clock;
  };

  /// `delivered` says how far each sink was when the process began.
  Delivery(const std::vector<Channel>& channels, const std::map<std::string, std::uint64_t>& delivered,
           Ports ports);

  /// One round; waits at most `wait` for entries or answers.
  void step(Duration wait);

 private:
  /// One sink's way through the outbox.
  struct Route {
    Channel channel;
    std::uint64_t offered = 0;      // it was offered everything up to here
    std::uint64_t reported = 0;     // the committer knows that everything up to here has arrived
    std::set<std::uint64_t> open;   // offered, and not answered
    std::deque<OutboxEntry> ahead;  // read from the state, to be offered next
    SinkStatus status;
    /// Everything up to here has arrived.
    std::uint64_t arrived() const { return open.empty() ? offered : *open.begin() - 1; }
  };

  bool fill(Route& route);
  void offer(Route& route);
  void take_results(Route& route);
  void report();

  std::vector<Route> routes_;
  Ports ports_;
  std::vector<SinkResult> results_;
  std::string store_trouble_;  // why the outbox cannot be read; else empty
  Duration reported_at_{0};
};

}  // namespace alarum

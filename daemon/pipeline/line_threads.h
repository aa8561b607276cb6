#pragma once

#include "daemon/base/result.h"
#include "daemon/pipeline/line.h"

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace alarum {

/// Runs a line: a thread for each worker, each source, each delivery and the committer. Made and ended by one
/// thread.
class LineThreads {
 public:
  /// Starts them. `line` outlives this.
  explicit LineThreads(Line& line);
  /// Ends what still runs, at once: what is not committed has not happened.
  ~LineThreads();
  LineThreads(const LineThreads&) = delete;
  LineThreads& operator=(const LineThreads&) = delete;

  /// Stops intake, commits, delivers what it can, and tells the threads to end; the destructor waits for
  /// them, for as long as a broker lets them wait. The error says that the last commit could not be written
  /// in `patience`.
  Status finish(Duration patience);

  /// A number for each worker and one for the committer that grows as long as the thread makes rounds: what a
  /// watchdog wants to see move.
  std::vector<std::uint64_t> heartbeats() const;

 private:
  void run_worker(std::size_t worker);
  void run_committer();

  Line& line_;
  std::atomic<bool> is_ending_{false};     // of everybody, without a last commit
  std::atomic<bool> is_committed_{false};  // the committer has finished
  std::deque<std::atomic<std::uint64_t>> beats_;
  std::vector<std::jthread> threads_;
};

}  // namespace alarum

#pragma once

#include "daemon/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace alarum {

/// Lets those of this process who write to one file in, one at a time and in the order in which they came.
/// SQLite's own lock has no order, and who waits for it has to sleep and ask again: whoever writes one
/// transaction after the other would starve the rest. Any thread.
class WriterQueue {
 public:
  /// The one of this path: everybody who asks for it gets the same as long as anybody has it.
  static std::shared_ptr<WriterQueue> of(const std::string& path);

  /// Waits for its turn at most so long; whether it has come.
  bool enter(Duration patience);
  /// Ends the turn of whoever has it.
  void leave();
  /// How many wait.
  std::size_t waiting() const;

 private:
  mutable std::mutex mutex_;  // between the writers, who have nothing else to do until it is their turn
  std::condition_variable has_left_;
  std::deque<std::uint64_t> tickets_;  // of those who wait
  std::uint64_t next_ticket_ = 0;
  bool is_taken_ = false;
};

/// A turn, which ends with this.
class WriterTurn {
 public:
  WriterTurn() = default;
  /// `queue` has said that it is its turn.
  explicit WriterTurn(std::shared_ptr<WriterQueue> queue) : queue_(std::move(queue)) {}
  ~WriterTurn() { end(); }
  WriterTurn(WriterTurn&&) noexcept = default;
  WriterTurn& operator=(WriterTurn&&) = delete;

  /// Lets the next one in.
  void end() {
    if (queue_) std::exchange(queue_, nullptr)->leave();
  }

 private:
  std::shared_ptr<WriterQueue> queue_;  // null: none, or over
};

}  // namespace alarum

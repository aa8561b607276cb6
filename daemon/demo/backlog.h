#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace alarum::demo {

/// What was sent to a partition and is not committed by its consumer yet. Whoever sends asks for room first:
/// so the consumer sets the pace, and the broker, which forgets what does not fit, never has to.
class Backlog {
 public:
  /// `bytes_max`: of the records' text.
  explicit Backlog(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Whether another record may be sent.
  bool has_room() const { return bytes_ < bytes_max_; }

  /// A record of so many bytes of text was sent.
  void note_sent(std::size_t bytes) {
    waiting_.push_back(static_cast<std::uint32_t>(bytes));
    bytes_ += bytes;
    ++sent_;
  }

  /// `records`: how many the consumer has committed since the beginning.
  void note_committed(std::uint64_t records) {
    for (; committed_ < records && !waiting_.empty(); ++committed_) {
      bytes_ -= waiting_.front();
      waiting_.pop_front();
    }
  }

  /// How many records were sent.
  std::uint64_t sent() const { return sent_; }
  /// How many of those are committed.
  std::uint64_t committed() const { return committed_; }
  /// Whether all are.
  bool is_empty() const { return waiting_.empty(); }

 private:
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t committed_ = 0;
  std::deque<std::uint32_t> waiting_;  // sizes, in the order of sending
};

}  // namespace alarum::demo

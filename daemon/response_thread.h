#pragma once

#include "daemon/base/time.h"
#include "daemon/respond/dispatcher.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace alarum {

/// The thread that does what incidents ask for: steps a dispatcher.
class ResponseThread {
 public:
  /// Begins at once.
  explicit ResponseThread(Dispatcher& dispatcher);
  /// Ends without waiting for responders.
  ~ResponseThread();
  ResponseThread(const ResponseThread&) = delete;
  ResponseThread& operator=(const ResponseThread&) = delete;

  /// Ends, and gives what is under way this long to say how it went.
  void finish(Duration patience);

  /// Grows as long as it gets on. Any thread.
  std::uint64_t heartbeat() const { return rounds_.load(std::memory_order_relaxed); }

 private:
  Dispatcher& dispatcher_;
  std::atomic<std::uint64_t> rounds_{0};  // one writer, and readers who need no more than that it grows
  std::jthread thread_;
};

}  // namespace alarum

#pragma once

#include "daemon/base/time.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace alarum {

/// Wakes one thread that has several things to wait for. Rung while nobody waits, it is heard by the next who
/// does. Any thread.
class Bell {
 public:
  /// Wakes who waits, or the next who would.
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      has_rung_ = true;
    }
    rung_.notify_one();
  }

  /// Waits until it rings, at most for `time`; whether it has rung.
  bool wait(Duration time) {
    std::unique_lock lock(mutex_);
    rung_.wait_for(lock, time, [&] { return has_rung_; });
    return std::exchange(has_rung_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool has_rung_ = false;
};

}  // namespace alarum

#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace alarum {

/// Hands the newest of something from one thread to any other. A mutex, since whoever reads wants the newest
/// and not a queue of all; it is held for the copy of a pointer.
template <class T>
class Published {
 public:
  /// Replaces what `get` gives.
  void publish(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  /// The newest; null before the first.
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace alarum

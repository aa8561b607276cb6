#pragma once

#include "daemon/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace alarum {

/// A queue between threads with a fixed number of places. Whoever finds it full has to wait or to do
/// something else; nothing is dropped. Any thread. The only mutex below daemon/api: what threads own they
/// hand over through here, by move.
template <class T>
class BoundedQueue {
 public:
  /// `places` is how many items wait at most; at least 1.
  explicit BoundedQueue(std::size_t places) : places_(places) {}

  /// Appends `item` and leaves it moved from; false, and `item` as it was, when the queue is full or closed.
  bool try_push(T& item) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || items_.size() >= places_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  /// Appends `item`, waiting for a place. False when the queue is closed.
  bool push(T item) {
    {
      std::unique_lock lock(mutex_);
      emptied_.wait(lock, [&] { return closed_ || items_.size() < places_; });
      if (closed_) return false;
      items_.push_back(std::move(item));
    }
    filled_.notify_one();
    return true;
  }

  /// The oldest item, if there is one.
  std::optional<T> try_pop() { return pop_for(Duration(0)); }

  /// The oldest item; nothing when none came within `wait`, or the queue is closed and empty.
  std::optional<T> pop_for(Duration wait) {
    std::optional<T> out;
    {
      std::unique_lock lock(mutex_);
      const auto has_news = [&] { return closed_ || !items_.empty(); };
      if (wait > Duration(0)) filled_.wait_for(lock, wait, has_news);
      if (items_.empty()) return out;
      out.emplace(std::move(items_.front()));
      items_.pop_front();
    }
    emptied_.notify_one();
    return out;
  }

  /// Nothing can be appended any more; what is there can still be taken. Wakes everybody who waits.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    emptied_.notify_all();
  }

  /// How many are waiting; another thread may change it at once.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t places_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace alarum

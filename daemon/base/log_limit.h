#pragma once

#include "daemon/base/time.h"

#include <cstddef>
#include <optional>
#include <utility>

namespace alarum {

/// Keeps lines that others can cause from filling the log: one in so much time, which says how many it hides.
/// One thread.
class LogLimit {
 public:
  /// At most one line in this time.
  explicit LogLimit(Duration interval) : interval_(interval) {}

  /// How many lines were hidden before this one; nothing where this one is to be hidden. `now` is steady.
  std::optional<std::size_t> admit(Duration now) {
    if (until_ && now < *until_) {
      ++hidden_;
      return std::nullopt;
    }
    until_ = now + interval_;
    return std::exchange(hidden_, 0);
  }

 private:
  Duration interval_;
  std::optional<Duration> until_;
  std::size_t hidden_ = 0;
};

}  // namespace alarum

#pragma once

#include "daemon/base/time.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace alarum {

/// Says which lines of a kind go into the log, where others decide how many there are: one in each interval,
/// which says how many were hidden before it. One thread.
class QuietLine {
 public:
  /// From one line that is told to the next, at least.
  static constexpr Duration interval = std::chrono::seconds(10);

  /// How many were hidden before the line of `now`; nothing where it is to be hidden itself.
  std::optional<std::uint64_t> admit(Duration now) {
    if (now < until_) {
      ++hidden_;
      return std::nullopt;
    }
    until_ = now + interval;
    return std::exchange(hidden_, 0);
  }

 private:
  Duration until_{Duration::min()};
  std::uint64_t hidden_ = 0;
};

}  // namespace alarum

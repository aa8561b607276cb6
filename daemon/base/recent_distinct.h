#pragma once

#include "daemon/base/distinct_sketch.h"
#include "daemon/base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace alarum {

/// How many distinct things were seen lately: a sketch for each minute, of which the oldest is forgotten when
/// a new one begins. What was last seen less than nine minutes ago counts, ten minutes ago it does not.
/// Bounded: ten sketches, about 40 KiB. One thread.
class RecentDistinct {
 public:
  /// Adds what was seen up to `now`, which never goes back.
  void add(const DistinctSketch& seen, Duration now);

  /// About how many distinct things were seen lately, with the error of a sketch.
  std::uint64_t estimate(Duration now);

 private:
  static constexpr Duration slice = std::chrono::minutes(1);
  static constexpr std::int64_t slices_max = 10;

  void forget(Duration now);

  std::array<DistinctSketch, slices_max> slices_;  // that of minute m at m % slices_max
  std::int64_t minute_ = 0;                        // the latest one
};

}  // namespace alarum

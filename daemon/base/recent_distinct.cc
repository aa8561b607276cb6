#include "daemon/base/recent_distinct.h"

#include <algorithm>
#include <cmath>

namespace alarum {

void RecentDistinct::forget(Duration now) {
  const std::int64_t minute = now / slice;
  const std::int64_t gone = std::min(minute - minute_, slices_max);
  for (std::int64_t i = 0; i < gone; ++i)
    slices_[static_cast<std::size_t>((minute - i) % slices_max)].clear();
  minute_ = std::max(minute, minute_);
}

void RecentDistinct::add(const DistinctSketch& seen, Duration now) {
  forget(now);
  slices_[static_cast<std::size_t>(minute_ % slices_max)].merge(seen);
}

std::uint64_t RecentDistinct::estimate(Duration now) {
  forget(now);
  DistinctSketch all;
  for (const DistinctSketch& one : slices_) all.merge(one);
  return static_cast<std::uint64_t>(std::llround(all.estimate()));
}

}  // namespace alarum

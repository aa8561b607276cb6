#pragma once

#include "daemon/base/clock.h"

namespace alarum::test {

/// A clock that stands until it is moved.
class StillClock final : public Clock {
 public:
  Timestamp wall() override { return time; }
  Duration steady() override { return steady_time += steady_per_reading; }
  std::int64_t steady_nanoseconds() override { return nanoseconds_ += nanoseconds_per_reading; }

  Timestamp time{1767323045'000000};  // 2026-01-02T03:04:05Z
  Duration steady_time{0};
  Duration steady_per_reading{0};
  std::int64_t nanoseconds_per_reading = 0;

 private:
  std::int64_t nanoseconds_ = 0;
};

}  // namespace alarum::test

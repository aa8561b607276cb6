#pragma once

#include "daemon/base/time.h"

#include <cstdint>

namespace alarum {

/// How long something took, for progress and benchmarks: time since some fixed point, never set back.
/// With `Clock`, the only places that ask the machine; nothing below the pipeline may, so that a replay gives
/// the same alerts.
Duration steady_now();

/// What time it is, for those who may know: a test or a simulation has its own. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The time of day. It may jump, either way.
  virtual Timestamp wall() = 0;

  /// Time since some fixed point; never goes back.
  virtual Duration steady() = 0;

  /// The same in nanoseconds, for what is too short for a `Duration`.
  virtual std::int64_t steady_nanoseconds() { return std::chrono::nanoseconds(steady()).count(); }
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  Timestamp wall() override;
  Duration steady() override { return steady_now(); }
  std::int64_t steady_nanoseconds() override;
};

}  // namespace alarum

#pragma once

#include "daemon/base/clock.h"
#include "detectors/signature/reference.h"

#include <cstdint>
#include <vector>

namespace alarum {

/// Estimates what each rule costs: of one event in `period` every rule is timed, and counts `period` times.
/// Timing all of them would cost as much as the rules do. What reading the clock takes is measured at the
/// beginning and subtracted. Results never depend on it. One worker's thread.
class RuleTimer final : public RuleObserver {
 public:
  /// A prime, so that events that repeat in a pattern all have their turn.
  static constexpr std::uint32_t period = 61;

  /// `clock` must outlive this.
  explicit RuleTimer(Clock& clock);

  /// Counts an event; true for the first, and then for every `period`-th: it is to be observed.
  bool is_due();

  void begin() override;
  void end(std::uint32_t rule) override;

  /// By rule, as far as there is any: nanoseconds of the timed events since the last call, not yet times
  /// `period`.
  std::vector<std::uint64_t> take();

 private:
  Clock& clock_;
  std::int64_t reading_ = 0;  // nanoseconds that one reading of the clock takes
  std::int64_t last_ = 0;
  std::uint32_t left_ = 0;  // events until the next one is due
  std::vector<std::uint64_t> nanoseconds_;
};

}  // namespace alarum

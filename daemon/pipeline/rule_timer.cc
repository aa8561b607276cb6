#include "daemon/pipeline/rule_timer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace alarum {
namespace {

/// The least of many, since a thread that had to wait is slow and never fast.
std::int64_t time_reading(Clock& clock) {
  constexpr int readings = 64;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t before = clock.steady_nanoseconds();
  for (int i = 0; i < readings; ++i) {
    const std::int64_t now = clock.steady_nanoseconds();
    least = std::min(least, now - before);
    before = now;
  }
  return least;
}

}  // namespace

RuleTimer::RuleTimer(Clock& clock) : clock_(clock), reading_(time_reading(clock)) {}

bool RuleTimer::is_due() {
  if (left_ > 0) {
    --left_;
    return false;
  }
  left_ = period - 1;
  return true;
}

void RuleTimer::begin() { last_ = clock_.steady_nanoseconds(); }

void RuleTimer::end(std::uint32_t rule) {
  const std::int64_t now = clock_.steady_nanoseconds();
  if (rule >= nanoseconds_.size()) nanoseconds_.resize(rule + 1);
  nanoseconds_[rule] += static_cast<std::uint64_t>(std::max<std::int64_t>(now - last_ - reading_, 0));
  last_ = now;
}

std::vector<std::uint64_t> RuleTimer::take() { return std::exchange(nanoseconds_, {}); }

}  // namespace alarum

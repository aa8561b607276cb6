#include "daemon/base/backoff.h"

#include "daemon/base/ensure.h"

#include <algorithm>

namespace alarum {
namespace {

/// `first_max`, doubled with each failure after the first, up to `wait_max`.
Duration longest_wait(const Backoff& backoff, unsigned tries) {
  Duration out = std::min(backoff.first_max, backoff.wait_max);
  for (unsigned i = 1; i < tries && out < backoff.wait_max; ++i) {
    // Not `2 * out` before the comparison: that may be more than a Duration holds.
    out = out > backoff.wait_max / 2 ? backoff.wait_max : 2 * out;
    if (out == Duration(0)) break;
  }
  return out;
}

}  // namespace

std::optional<Duration> wait_before_retry(const Backoff& backoff, const FailedTry& failed,
                                          const RandomSource& random) {
  ENSURE(failed.tries > 0, "something was tried before it is tried again");
  ENSURE(backoff.first_max >= Duration(0) && backoff.wait_max >= Duration(0), "waits are not negative");
  const auto longest = static_cast<std::uint64_t>(longest_wait(backoff, failed.tries).count());
  // The remainder favours small numbers by at most 2^-20 for waits below half a year.
  const Duration jittered(static_cast<Duration::rep>(random() % (longest + 1)));
  const Duration asked = std::min(failed.asked.value_or(Duration(0)), backoff.asked_max);
  const Duration wait = std::max(jittered, asked);
  if (wait >= failed.left) return std::nullopt;
  return wait;
}

}  // namespace alarum

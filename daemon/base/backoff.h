#pragma once

#include "daemon/base/time.h"

#include <cstdint>
#include <functional>
#include <optional>

/// How long to wait before something that failed is tried again. A pure function of what is known and of the
/// numbers that a source of randomness gives, so that tests and simulation see the same waits.
namespace alarum {

/// Numbers that are equally likely among all of 64 bits. Tests give fixed ones.
using RandomSource = std::function<std::uint64_t()>;

/// What the waits may be.
struct Backoff {
  Duration first_max =
      std::chrono::seconds(1);                  ///< the longest wait after the first failure; then it doubles
  Duration wait_max = std::chrono::minutes(5);  ///< it doubles no further than to here
  Duration asked_max = std::chrono::hours(1);   ///< the longest wait that somebody else may ask us for
};

/// What is known when a try has failed.
struct FailedTry {
  unsigned tries = 1;  ///< how many there were, with this one; at least 1
  std::optional<Duration> asked =
      {};            ///< how long the other side asks us to wait (`Retry-After`), if it does
  Duration left{0};  ///< how long it is until the deadline, behind which nothing is tried
};

/// The wait before the next try: any between nothing and the longest one, equally likely ("full jitter"), so
/// that many who failed together do not come back together; no shorter than what the other side asks for.
/// Nothing when the next try would begin at the deadline or later: then there is none.
/// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
std::optional<Duration> wait_before_retry(const Backoff& backoff, const FailedTry& failed,
                                          const RandomSource& random);

}  // namespace alarum

#pragma once

#include "daemon/base/ensure.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace alarum::demo {

/// Numbers that look random and are the same for the same seed on every machine, which the distributions of
/// the standard library do not promise. Not for secrets. One step of a story owns one; cheap to make. Source:
/// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Random {
 public:
  /// `stream` separates numbers of one seed: each step of a story has its own, so that no step's numbers
  /// depend on what another step drew.
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
      : state_(mixed(mixed(seed + increment) + stream)) {}

  /// 64 random bits.
  std::uint64_t next() { return mixed(state_ += increment); }

  /// From 0 to `count - 1`; `count` > 0. The bias of the remainder is far below what a story shows.
  std::uint64_t below(std::uint64_t count) {
    ENSURE(count > 0, "something to choose from");
    return next() % count;
  }

  /// One of `choices`, which is not empty.
  template <class T>
  const T& pick(std::span<const T> choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }

 private:
  static constexpr std::uint64_t increment = 0x9E3779B97F4A7C15U;

  static std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace alarum::demo

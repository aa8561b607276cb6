#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace alarum::demo {

/// Numbers that look random and are the same for the same seed on every machine. Not for secrets.
/// Source: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// A number from 0 to `count - 1`.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  /// One of `choices`, which must not be empty.
  template <class T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

}  // namespace alarum::demo

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace alarum {

/// How often values fell into which bucket, as Prometheus counts: bucket i holds the values at most
/// `bounds[i]` and above the bound before; one more holds the rest. A plain value: one thread, copied to be
/// read elsewhere.
class Histogram {
 public:
  /// `bounds` are ascending.
  explicit Histogram(std::span<const double> bounds)
      : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {}

  /// Counts an observation, in the unit of the bounds.
  void add(double value) {
    std::size_t bucket = 0;
    while (bucket < bounds_.size() && value > bounds_[bucket]) ++bucket;
    ++counts_[bucket];
    sum_ += value;
  }

  /// The upper ends of the buckets, each included.
  std::span<const double> bounds() const { return bounds_; }
  /// One for each bound, then one for what is above all of them; not cumulated.
  std::span<const std::uint64_t> counts() const { return counts_; }
  double sum() const { return sum_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

}  // namespace alarum

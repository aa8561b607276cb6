#include "daemon/base/distinct_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace alarum {
namespace {

/// Ertl's σ, the share of registers that saw nothing: x + Σ 2^(k-1)·x^(2^k).
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double sum = x;
  double before = -1;
  for (double weight = 1; sum != before; weight += weight) {
    x *= x;
    before = sum;
    sum += x * weight;
  }
  return sum;
}

/// Ertl's τ, the share of registers at the highest rank: (1 - x - Σ 2^-k·(1 - x^(2^-k))²) / 3.
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double sum = 1 - x;
  double before = -1;
  for (double weight = 0.5; sum != before; weight *= 0.5) {
    x = std::sqrt(x);
    before = sum;
    sum -= (1 - x) * (1 - x) * weight;
  }
  return sum / 3;
}

}  // namespace

void DistinctSketch::add(std::uint64_t hash) {
  const auto rank = static_cast<std::uint8_t>(
      std::min(static_cast<unsigned>(std::countl_zero(hash << index_bits)) + 1, rank_max));
  std::uint8_t& known = ranks_[hash >> (64 - index_bits)];
  known = std::max(known, rank);
  is_empty_ = false;
}

void DistinctSketch::merge(const DistinctSketch& other) {
  if (other.is_empty_) return;
  for (std::size_t i = 0; i < registers; ++i) ranks_[i] = std::max(ranks_[i], other.ranks_[i]);
  is_empty_ = false;
}

double DistinctSketch::estimate() const {
  if (is_empty_) return 0;
  std::array<double, rank_max + 1> counts{};  // registers by rank
  for (const std::uint8_t rank : ranks_) ++counts[rank];
  constexpr double all = registers;
  double sum = all * tau(1 - counts[rank_max] / all);
  for (unsigned rank = rank_max - 1; rank >= 1; --rank) sum = (sum + counts[rank]) / 2;
  sum += all * sigma(counts[0] / all);
  return all * all / (2 * std::numbers::ln2 * sum);
}

void DistinctSketch::clear() {
  if (is_empty_) return;
  ranks_.fill(0);
  is_empty_ = true;
}

}  // namespace alarum

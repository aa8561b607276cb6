#pragma once

#include "daemon/sigma/value.h"

#include <cstddef>

namespace alarum::sigma {

/// What one rule may cost to load and to keep, in bytes, its regular expressions counted by the size of their
/// programs. Work counts, not what remains of it: a value that three modifiers change is charged three times.
/// Without it a megabyte of YAML could take gigabytes and minutes, since a few bytes of `windash` or of a
/// regular expression stand for thousands.
class RuleBudget {
 public:
  /// Takes `bytes` off; whether there were so many left. Once exceeded, it stays so.
  bool spend(std::size_t bytes);
  bool is_exceeded() const { return is_exceeded_; }

  /// About what `value` takes.
  static std::size_t cost_of(const Value& value);
  /// A line of a selection, without its values.
  static constexpr std::size_t item_cost = 4096;
  /// An expression that was too large: how much work that was is not known.
  static constexpr std::size_t too_large_regex_cost = 32U << 20U;
  /// Several times what a list of 50,000 hashes takes.
  static constexpr std::size_t bytes_max = 128U << 20U;

 private:
  std::size_t left_ = bytes_max;
  bool is_exceeded_ = false;
};

}  // namespace alarum::sigma

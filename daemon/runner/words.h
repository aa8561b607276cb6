#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alarum::runner {

/// One line of the runner's own: `first key=value key=value`, each behind exactly one space. Requests,
/// answers, what a supervisor reports and the book are made of such lines. Reading is strict, and what was
/// read is never repeated in an error. A view: the line must outlive it.
class Words {
 public:
  /// Splits a line. Values have one or more of `a-z A-Z 0-9 . : _ -`, no key is there twice.
  static Result<Words> parse(std::string_view line);

  /// The word in front, which may be anything without a space.
  std::string_view first() const { return first_; }

  /// Each takes the value of a key, which has to be there and may be taken once.
  Result<std::string_view> take(std::string_view key);
  /// An id: up to 64 of `a-z A-Z 0-9 _ -`.
  Result<std::string> take_id(std::string_view key);
  /// A whole number up to `max`, without leading zeros.
  Result<std::uint64_t> take_number(std::string_view key, std::uint64_t max);
  /// A time with its zone, from 1970 to 9999.
  Result<Timestamp> take_time(std::string_view key);

  /// An error where there are words that nobody took.
  Status check_all_taken() const;

 private:
  std::string_view first_;
  std::vector<std::pair<std::string_view, std::string_view>> words_;
};

}  // namespace alarum::runner

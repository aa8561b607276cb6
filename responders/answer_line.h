#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace alarum {

/// The first line of what one of the small programs answers: `word key=value key=value`, or a refusal, whose
/// last key `why` goes to the end. Read strictly: nothing is concluded from what is not exactly that. A view:
/// the answer must outlive it.
class AnswerLine {
 public:
  /// Reads the answer's first line. The error repeats nothing of it.
  static Result<AnswerLine> parse(std::string_view answer);

  /// `done`, `refused`, …
  std::string_view word() const { return word_; }
  /// The value of a key; empty where it is not there.
  std::string_view value(std::string_view key) const;
  /// The value as a whole number; nothing where it is none.
  std::optional<std::size_t> number(std::string_view key) const;
  /// What follows the line.
  std::string_view rest() const { return rest_; }

 private:
  std::string_view word_;
  std::vector<std::pair<std::string_view, std::string_view>> words_;
  std::string_view rest_;
};

}  // namespace alarum

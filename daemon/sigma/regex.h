#pragma once

#include "daemon/base/result.h"

#include <memory>
#include <string>
#include <string_view>

/// Regular expressions: the wall around RE2, which defines what one means here. Linear time, so that no rule
/// and no event can make it hang; the price is that look-around and back-references are refused when a rule
/// is loaded.
namespace alarum::sigma {

/// What the modifiers beside `re` ask for.
struct RegexOptions {
  bool ignore_case = false;       ///< `i`
  bool multi_line = false;        ///< `m`: `^` and `$` match at line breaks
  bool dot_matches_line = false;  ///< `s`: `.` matches a line break
  bool at_start = false;          ///< has to match at the start of the value (`startswith`)
  bool at_end = false;            ///< has to match up to its end (`endswith`)
};

/// A compiled expression. Immutable, cheap to copy; any thread.
class Regex {
 public:
  /// An error says what RE2 dislikes; `limit` where the expression is too large for it.
  static Result<Regex> compile(std::string_view expression, const RegexOptions& options);

  /// Whether the expression matches somewhere in `text`.
  bool matches(std::string_view text) const;

  /// Instructions of the compiled expression: what it costs to make and to keep.
  std::size_t program_size() const;

 private:
  class Impl;
  explicit Regex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace alarum::sigma

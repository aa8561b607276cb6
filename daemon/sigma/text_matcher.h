#pragma once

#include "daemon/sigma/pattern.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::sigma {

/// A pattern made ready to be compared. Small and in one piece, because evaluating walks through tens of
/// thousands of them for one event and waits for memory: the four common forms are one literal and how it
/// stands in a value; any other is the pattern as Sigma writes it.
class TextMatcher {
 public:
  /// Upper and lower case alike unless `cased`.
  TextMatcher(const Pattern& pattern, bool cased);

  /// Whether text is compared as it is, and not in simple case folding.
  bool cased() const { return cased_; }
  /// Whether the whole of `text` looks like the pattern; `text` is folded unless `cased`.
  bool matches(std::string_view text) const;

 private:
  enum class Form : std::uint8_t { exact, prefix, suffix, contains, general };

  std::string text_;
  Form form_ = Form::exact;
  bool cased_ = false;
};

}  // namespace alarum::sigma

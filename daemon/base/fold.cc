#include "daemon/base/fold.h"

#include "daemon/base/utf8.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace alarum {
namespace {

char fold_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view leading_ascii(std::string_view text) {
  const auto* const end =
      std::find_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80U; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// The folded form of one code point; itself where it has no case.
char32_t fold(char32_t code_point) {
  if (code_point < 0x80U) return static_cast<unsigned char>(fold_ascii(static_cast<char>(code_point)));
  if (code_point > 0x10FFFFU) return code_point;
  // utf8proc knows full folding only. Where that yields one code point it is the simple folding as well
  // (status C). Where it yields several (status F), the simple one, if there is one (status S), is the
  // lower-case letter; the one letter that has a lower case but no simple folding is U+0130, the dotted I,
  // whose folding is Turkic.
  constexpr utf8proc_int32_t dotted_capital_i = 0x130;
  std::array<utf8proc_int32_t, 4> sequence{};
  int boundary = 0;
  const auto point = static_cast<utf8proc_int32_t>(code_point);
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(point, sequence.data(), sequence.size(), UTF8PROC_CASEFOLD, &boundary);
  if (count == 1) return static_cast<char32_t>(sequence[0]);
  if (count < 1 || point == dotted_capital_i) return code_point;
  return static_cast<char32_t>(utf8proc_tolower(point));
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::string_view ascii = leading_ascii(text);  // nearly all text of logs
    const auto from = static_cast<std::ptrdiff_t>(out.size());
    out += ascii;
    std::transform(out.begin() + from, out.end(), out.begin() + from, fold_ascii);
    text.remove_prefix(ascii.size());
    if (text.empty()) break;
    const CodePoint point = code_point_at(text, 0);
    append_utf8(out, fold(point.value));
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace alarum

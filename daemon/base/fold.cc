#include "daemon/base/fold.h"

#include "daemon/base/utf8.h"

#include <utf8proc.h>

#include <array>

namespace alarum {
namespace {

char fold_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

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
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80U) {  // nearly all text of logs
      out += fold_ascii(text[at++]);
      continue;
    }
    const CodePoint point = code_point_at(text, at);
    append_utf8(out, fold(point.value));
    at += point.size;
  }
  return out;
}

}  // namespace alarum

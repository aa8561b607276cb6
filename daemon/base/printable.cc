#include "daemon/base/printable.h"

#include "daemon/base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace alarum {
namespace {

/// Whether a terminal would obey the code point instead of showing it.
bool is_control(char32_t point) {
  const bool bidirectional = (point >= 0x200EU && point <= 0x200FU) ||
                             (point >= 0x202AU && point <= 0x202EU) || (point >= 0x2066U && point <= 0x2069U);
  return point < 0x20U || (point >= 0x7FU && point < 0xA0U) || point == 0x2028U || point == 0x2029U ||
         bidirectional;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    std::array<char, 16> escaped{};
    if ((point.value & utf8_invalid) != 0) {
      std::snprintf(escaped.data(), escaped.size(), "\\x%02X", static_cast<unsigned>(point.value & 0xFFU));
      out += escaped.data();
    } else if (is_control(point.value)) {
      std::snprintf(escaped.data(), escaped.size(), "\\u{%04X}", static_cast<unsigned>(point.value));
      out += escaped.data();
    } else {
      out += text.substr(at, point.size);
    }
    at += point.size;
  }
  return out;
}

std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out.append(printable(text.substr(begin, end - begin))).append("\n");
    begin = end + 1;
  }
  return out;
}

}  // namespace alarum

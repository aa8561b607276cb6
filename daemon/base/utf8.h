#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8, one code point at a time. Header only: it sits inside the innermost loops of pattern matching.
namespace alarum {

/// One code point and how many bytes it takes. A byte that starts no valid sequence counts as one code point
/// of its own, `utf8_invalid | byte`, so that any bytes can be walked and compared without loss.
struct CodePoint {
  char32_t value;
  std::size_t size;
};

/// The bit that marks a byte which starts no valid sequence; above every code point.
constexpr char32_t utf8_invalid = 0x80000000U;

/// The code point at `text[at]`; `at` must be inside the text.
inline CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto follows = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const char32_t first = byte(0);
  if (first < 0x80U) return {first, 1};
  if (first >= 0xC2U && first < 0xE0U && follows(1)) return {((first & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
  if (first >= 0xE0U && first < 0xF0U && follows(1) && follows(2)) {
    const char32_t value = ((first & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
    if (value >= 0x800U && (value < 0xD800U || value > 0xDFFFU)) return {value, 3};
  }
  if (first >= 0xF0U && first < 0xF5U && follows(1) && follows(2) && follows(3)) {
    const char32_t value =
        ((first & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU);
    if (value >= 0x10000U && value <= 0x10FFFFU) return {value, 4};
  }
  return {utf8_invalid | first, 1};
}

/// Appends `value` as UTF-8; an `utf8_invalid` one as the byte it stands for.
inline void append_utf8(std::string& out, char32_t value) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if ((value & utf8_invalid) != 0) return put(value & 0xFFU);
  if (value < 0x80U) return put(value);
  if (value < 0x800U) {
    put(0xC0U | (value >> 6U));
  } else {
    if (value < 0x10000U) {
      put(0xE0U | (value >> 12U));
    } else {
      put(0xF0U | (value >> 18U));
      put(0x80U | ((value >> 12U) & 0x3FU));
    }
    put(0x80U | ((value >> 6U) & 0x3FU));
  }
  put(0x80U | (value & 0x3FU));
}

}  // namespace alarum

#include "daemon/sigma/encoding.h"

#include "daemon/base/base64.h"
#include "daemon/base/utf8.h"

namespace alarum::sigma {

std::array<std::string, 3> base64_at_offsets(std::string_view bytes) {
  std::array<std::string, 3> out;
  for (std::size_t offset = 0; offset < 3; ++offset) {
    // A digit holds six bits. `offset` unknown bytes spoil the first (8·offset)/6 digits, rounded up; the
    // digits that are whole once the last known bit is in are (8·(offset + size))/6, rounded down.
    const std::string encoded = base64(std::string(offset, '\0').append(bytes));
    const std::size_t first = (8 * offset + 5) / 6;
    const std::size_t end = 8 * (offset + bytes.size()) / 6;
    out[offset] = end > first ? encoded.substr(first, end - first) : std::string();
  }
  return out;
}

std::optional<std::string> utf16(std::string_view text, Utf16Order order) {
  std::string out;
  const auto put = [&](char32_t unit) {
    const auto high = static_cast<char>(unit >> 8U);
    const auto low = static_cast<char>(unit & 0xFFU);
    out += order == Utf16Order::big_end ? high : low;
    out += order == Utf16Order::big_end ? low : high;
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if ((point.value & utf8_invalid) != 0) return std::nullopt;
    if (point.value < 0x10000U) {
      put(point.value);
    } else {
      put(0xD800U + ((point.value - 0x10000U) >> 10U));
      put(0xDC00U + ((point.value - 0x10000U) & 0x3FFU));
    }
    at += point.size;
  }
  return out;
}

}  // namespace alarum::sigma

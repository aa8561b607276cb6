#include "daemon/base/base64.h"

#include <cstdint>

namespace alarum {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = (bits << 8U) | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= group.size() ? digits[(bits >> (18U - 6U * k)) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const bool is_last = at + 4 == text.size();
    const std::size_t count = is_last ? 4 - padding : 4;
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t digit = k < count ? digits.find(text[at + k]) : 0;
      if (digit == std::string_view::npos) return std::nullopt;
      bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t k = 0; k + 1 < count; ++k) out += static_cast<char>((bits >> (16U - 8U * k)) & 0xFFU);
  }
  // Two texts for the same bytes would be two spellings of one secret: bits that nobody reads are zero.
  if (base64(out) != text) return std::nullopt;
  return out;
}

}  // namespace alarum

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum {

/// The CRC-32 of a text (ISO-HDLC, as in zlib and Ethernet), by which a line shows that a disk gave it back
/// as it was written. Bit by bit: lines are short, and the table would be longer than the loop.
inline std::uint32_t crc32(std::string_view text) {
  constexpr std::uint32_t polynomial = 0xEDB88320U;
  std::uint32_t out = 0xFFFFFFFFU;
  for (const char byte : text) {
    out ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) out = (out >> 1U) ^ ((out & 1U) != 0 ? polynomial : 0U);
  }
  return ~out;
}

/// A checksum as a line has it: eight hexadecimal digits.
inline std::string checksum_text(std::uint32_t checksum) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned shift = 32; shift > 0; shift -= 4) out.push_back(digits[checksum >> (shift - 4) & 0xFU]);
  return out;
}

}  // namespace alarum

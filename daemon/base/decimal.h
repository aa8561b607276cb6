#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// A decimal number, kept and compared exactly: `1` equals `1.0` and `10e-1`, and integers beyond 2^53 differ
/// where a double would not. It owns its digits; comparing costs one pass over them.
class Decimal {
 public:
  /// Reads `-12.50e3`: the number grammar of JSON (RFC 8259 §6), and leading zeros besides, since programs
  /// print them. The whole text must be a number; hexadecimal is not one. Exponents beyond ±10^18 count as
  /// that: they are larger (or nearer to zero) than every other number, and equal among themselves if their
  /// digits are.
  static std::optional<Decimal> parse(std::string_view text);

  /// The number, where it is a whole one from 0 to `max`.
  std::optional<std::uint64_t> as_whole(std::uint64_t max) const;

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);

 private:
  bool negative_ = false;
  std::string digits_;         // without zeros at either end; empty for zero
  std::int64_t exponent_ = 0;  // the value is 0.digits × 10^exponent
};

/// Whether `text` is a number in the exact grammar of JSON.
bool is_json_number(std::string_view text);

}  // namespace alarum

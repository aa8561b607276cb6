#include "daemon/base/decimal.h"

namespace alarum {
namespace {

/// The pieces of a number as they are written.
struct Spelling {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;
  bool exponent_negative = false;
};

std::string_view take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && rest[count] >= '0' && rest[count] <= '9') ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

bool take(std::string_view& rest, char wanted) {
  if (rest.empty() || rest.front() != wanted) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<Spelling> spell(std::string_view rest) {
  Spelling out;
  out.negative = take(rest, '-');
  out.whole = take_digits(rest);
  if (out.whole.empty()) return std::nullopt;
  if (take(rest, '.')) {
    out.fraction = take_digits(rest);
    if (out.fraction.empty()) return std::nullopt;
  }
  if (take(rest, 'e') || take(rest, 'E')) {
    out.exponent_negative = take(rest, '-');
    if (!out.exponent_negative) take(rest, '+');
    out.exponent = take_digits(rest);
    if (out.exponent.empty()) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const auto spelling = spell(text);
  if (!spelling) return std::nullopt;
  constexpr std::int64_t exponent_max = 1'000'000'000'000'000'000;
  std::int64_t exponent = 0;
  for (const char digit : spelling->exponent)
    exponent = exponent >= exponent_max / 10 ? exponent_max : exponent * 10 + (digit - '0');
  if (spelling->exponent_negative) exponent = -exponent;

  Decimal out;
  out.digits_.append(spelling->whole).append(spelling->fraction);
  out.exponent_ = exponent + static_cast<std::int64_t>(spelling->whole.size());
  const std::size_t first = out.digits_.find_first_not_of('0');
  if (first == std::string::npos) return Decimal{};  // zero has one form, without a sign
  out.digits_.erase(0, first);
  out.exponent_ -= static_cast<std::int64_t>(first);
  out.digits_.erase(out.digits_.find_last_not_of('0') + 1);
  out.negative_ = spelling->negative;
  return out;
}

std::optional<std::uint64_t> Decimal::as_whole(std::uint64_t max) const {
  const auto size = static_cast<std::int64_t>(digits_.size());
  constexpr std::int64_t places_max = 19;  // more do not fit
  if (negative_ || exponent_ < size || exponent_ > places_max) {
    return digits_.empty() ? std::optional<std::uint64_t>(0) : std::nullopt;
  }
  std::uint64_t out = 0;
  for (std::int64_t place = 0; place < exponent_; ++place) {
    out = out * 10 +
          (place < size ? static_cast<std::uint64_t>(digits_[static_cast<std::size_t>(place)] - '0') : 0);
  }
  return out <= max ? std::optional<std::uint64_t>(out) : std::nullopt;
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  const auto sign = [](const Decimal& value) { return value.digits_.empty() ? 0 : value.negative_ ? -1 : 1; };
  if (sign(left) != sign(right)) return sign(left) <=> sign(right);
  if (left.digits_.empty()) return std::strong_ordering::equal;
  std::strong_ordering magnitude = left.exponent_ <=> right.exponent_;
  if (magnitude == 0) magnitude = left.digits_.compare(right.digits_) <=> 0;
  return left.negative_ ? 0 <=> magnitude : magnitude;
}

bool is_json_number(std::string_view text) {
  const auto spelling = spell(text);
  return spelling && (spelling->whole.size() == 1 || spelling->whole.front() != '0');
}

}  // namespace alarum

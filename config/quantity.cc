#include "config/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace alarum {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t value;
};

constexpr std::array<Unit, 4> size_units = {Unit{"GiB", 1 << 30}, Unit{"MiB", 1 << 20}, Unit{"KiB", 1 << 10},
                                            Unit{"B", 1}};

constexpr std::int64_t second = 1'000'000;  // in microseconds, as Duration counts
constexpr std::array<Unit, 5> duration_units = {Unit{"d", 86'400 * second}, Unit{"h", 3'600 * second},
                                                Unit{"m", 60 * second}, Unit{"s", second}, Unit{"ms", 1'000}};

/// A whole number and the unit behind it; without one it counts `unit_without_name`, and 0 means that one is
/// needed.
std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units,
                                  std::int64_t unit_without_name) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));

  std::int64_t unit = text.empty() ? unit_without_name : 0;
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == text; });
  if (found != units.end()) unit = found->value;
  if (unit == 0 || __builtin_mul_overflow(number, unit, &number)) return std::nullopt;
  return number;
}

/// In the largest unit that divides it; the smallest one where none does.
std::string spell(std::int64_t number, std::span<const Unit> units, std::string_view zero) {
  for (const Unit& unit : units) {
    if (number >= unit.value && number % unit.value == 0)
      return std::to_string(number / unit.value) + std::string(unit.name);
  }
  return std::string(zero);
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) { return parse(text, size_units, 1); }

std::string size_text(std::int64_t bytes) { return spell(bytes, size_units, "0B"); }

std::optional<std::int64_t> parse_duration(std::string_view text) { return parse(text, duration_units, 0); }

std::string duration_text(std::int64_t microseconds) { return spell(microseconds, duration_units, "0s"); }

}  // namespace alarum

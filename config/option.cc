#include "config/option.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace alarum {
namespace {

struct SizeUnit {
  std::string_view name;
  std::int64_t bytes;
};

constexpr std::array<SizeUnit, 4> size_units = {SizeUnit{"GiB", 1 << 30}, SizeUnit{"MiB", 1 << 20},
                                                SizeUnit{"KiB", 1 << 10}, SizeUnit{"B", 1}};

/// A whole number, times the unit behind it.
std::optional<std::int64_t> parse_number(std::string_view text, bool has_units) {
  std::int64_t unit = 1;
  for (const SizeUnit& known : size_units) {
    if (!has_units || !text.ends_with(known.name)) continue;
    text.remove_suffix(known.name.size());
    while (text.ends_with(' ')) text.remove_suffix(1);
    unit = known.bytes;
    break;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || __builtin_mul_overflow(number, unit, &number)) return std::nullopt;
  return number;
}

std::string number_text(const Option& option, std::int64_t number) {
  return option.type == Option::Type::size ? size_text(number) : std::to_string(number);
}

Error refused(const Option& option, std::string_view text) {
  return {ErrorCode::invalid, "'" + std::string(option.name) + "' takes " + expectation(option) + ", not '" +
                                  std::string(text) + "'"};
}

}  // namespace

std::string size_text(std::int64_t bytes) {
  for (const SizeUnit& unit : size_units) {
    if (bytes >= unit.bytes && bytes % unit.bytes == 0)
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
  }
  return "0B";
}

std::string expectation(const Option& option) {
  const std::string range =
      " from " + number_text(option, option.min) + " to " + number_text(option, option.max);
  switch (option.type) {
    case Option::Type::text_list: return "a list of texts";
    case Option::Type::count: return "a whole number" + range;
    case Option::Type::size: return "a size" + range;
    case Option::Type::word: break;
  }
  std::string out = "one of";
  for (const std::string_view word : option.words) out.append(" ").append(word);
  return out;
}

Result<OptionValue> parse_value(const Option& option, std::span<const std::string> texts) {
  OptionValue out;
  out.texts.assign(texts.begin(), texts.end());
  if (option.type == Option::Type::text_list) return out;
  if (texts.size() != 1) return refused(option, texts.empty() ? "" : "a list");

  const std::string& text = texts.front();
  if (option.type == Option::Type::word) {
    if (std::find(option.words.begin(), option.words.end(), text) == option.words.end())
      return refused(option, text);
    return out;
  }
  const auto number = parse_number(text, option.type == Option::Type::size);
  if (!number || *number < option.min || *number > option.max) return refused(option, text);
  out.number = *number;
  return out;
}

}  // namespace alarum

// What a plain scalar means: the core schema of YAML 1.2 (§10.3.2).
#include "config/yaml_source.h"

#include <charconv>
#include <cstdint>

namespace alarum {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

/// `0x1F` and `0o17` as decimal digits; nothing beyond 64 bits.
std::optional<std::string> from_base(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return std::to_string(value);
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
bool is_decimal(std::string_view text) {
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  std::size_t digits = whole - at;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1);
    digits += fraction - at - 1;
    at = fraction;
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = skip_digits(text, at);
    if (exponent == at) return false;
    at = exponent;
  }
  return at == text.size();
}

}  // namespace

bool YamlNode::is_null() const {
  if (!is_scalar() || quoted) return false;
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::optional<bool> YamlNode::as_bool() const {
  if (!is_scalar() || quoted) return std::nullopt;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<std::string> YamlNode::as_number() const {
  if (!is_scalar() || quoted) return std::nullopt;
  const std::string_view all = text;
  if (all.starts_with("0x")) return from_base(all.substr(2), 16);
  if (all.starts_with("0o")) return from_base(all.substr(2), 8);
  if (!is_decimal(all)) return std::nullopt;
  std::string out(all.starts_with('+') ? all.substr(1) : all);
  const std::size_t point = out.find('.');
  if (point == std::string::npos) return out;
  const bool ends_there = point + 1 == out.size() || !is_digit(out[point + 1]);
  if (ends_there) out.erase(point, 1);                                                   // `5.` is 5
  if (!ends_there && (point == 0 || !is_digit(out[point - 1]))) out.insert(point, "0");  // `.5` is 0.5
  return out;
}

std::string_view YamlNode::kind_name() const {
  if (is_mapping()) return "a mapping";
  if (is_sequence()) return "a list";
  if (is_null()) return "empty";
  if (as_bool()) return "a boolean";
  if (as_number()) return "a number";
  return "text";
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlMember& member : members) {
    if (member.key.text == key) return &member.value;
  }
  return nullptr;
}

}  // namespace alarum

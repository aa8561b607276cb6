// The escapes of JSON strings (RFC 8259 §7), apart from simdjson: it resolves them only while it parses, we
// when a value is asked for.
#include "daemon/base/utf8.h"
#include "daemon/event/json_decoder.h"

namespace alarum {
namespace {

constexpr char32_t no_code_unit = 0xFFFFFFFFU;

bool is_high_surrogate(char32_t unit) { return unit >= 0xD800U && unit <= 0xDBFFU; }
bool is_low_surrogate(char32_t unit) { return unit >= 0xDC00U && unit <= 0xDFFFU; }

/// The four hex digits at `text[at]`.
char32_t code_unit_at(std::string_view text, std::size_t at) {
  if (text.size() < at + 4) return no_code_unit;
  char32_t unit = 0;
  for (const char c : text.substr(at, 4)) {
    unit <<= 4U;
    if (c >= '0' && c <= '9') {
      unit |= static_cast<char32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      unit |= static_cast<char32_t>((c | 0x20) - 'a' + 10);
    } else {
      return no_code_unit;
    }
  }
  return unit;
}

/// The character that follows a backslash in a two-character escape means this; '\0' where there is none
/// such.
char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

/// Resolves the `\u` escape (or pair of them) whose digits start at `at`, and moves `at` behind it.
bool append_unicode_escape(std::string_view text, std::size_t& at, std::string& out) {
  const char32_t unit = code_unit_at(text, at);
  at += 4;
  if (unit == no_code_unit || is_low_surrogate(unit)) return false;
  if (!is_high_surrogate(unit)) {
    append_utf8(out, unit);
    return true;
  }
  if (text.substr(at < text.size() ? at : text.size(), 2) != "\\u") return false;
  const char32_t low = code_unit_at(text, at + 2);
  at += 6;
  if (low == no_code_unit || !is_low_surrogate(low)) return false;
  append_utf8(out, 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U));
  return true;
}

}  // namespace

std::optional<std::string_view> unescape(std::string_view raw, Arena& arena) {
  const std::string_view inside = raw.substr(1, raw.size() - 2);
  std::size_t backslash = inside.find('\\');
  if (backslash == std::string_view::npos) return inside;
  std::string out;
  std::size_t at = 0;
  while (backslash != std::string_view::npos) {
    out += inside.substr(at, backslash - at);
    at = backslash + 1;
    if (at == inside.size()) return std::nullopt;
    const char kind = inside[at++];
    if (kind == 'u') {
      if (!append_unicode_escape(inside, at, out)) return std::nullopt;
    } else if (const char meaning = simple_escape(kind); meaning != '\0') {
      out += meaning;
    } else {
      return std::nullopt;
    }
    backslash = inside.find('\\', at);
  }
  out += inside.substr(at);
  return arena.copy(out);
}

}  // namespace alarum

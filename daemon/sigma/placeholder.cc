#include "daemon/sigma/placeholder.h"

namespace alarum::sigma {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string with_plain_percents(std::string_view written) {
  std::string out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool is_escape = written[i] == '\\' && i + 1 < written.size();
    if (is_escape && written[i + 1] != '%') out += written[i];
    if (is_escape) ++i;
    out += written[i];
  }
  return out;
}

/// As `contains`, `startswith` and `endswith` place it.
Pattern placed(const Pattern& pattern, bool any_before, bool any_after) {
  const Pattern out = any_before ? pattern.with_any_before() : pattern;
  return any_after ? out.with_any_after() : out;
}

}  // namespace

std::optional<std::string> find_placeholder(std::string_view written) {
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '\\')
      ++i;  // it escapes what follows, be it a percent sign or another backslash
    else if (written[i] == '%') {
      std::size_t end = i + 1;
      while (end < written.size() && is_word(written[end])) ++end;
      if (end > i + 1 && end < written.size() && written[end] == '%')
        return std::string(written.substr(i, end - i + 1));
    }
  }
  return std::nullopt;
}

std::optional<Pattern> unescape_percent(std::string_view written, const Pattern& pattern) {
  const std::string plain = with_plain_percents(written);
  if (plain == written) return pattern;
  for (const bool any_before : {false, true}) {
    for (const bool any_after : {false, true}) {
      if (placed(Pattern::parse(written), any_before, any_after).tokens() == pattern.tokens())
        return placed(Pattern::parse(plain), any_before, any_after);
    }
  }
  return std::nullopt;
}

}  // namespace alarum::sigma

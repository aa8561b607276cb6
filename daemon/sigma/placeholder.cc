#include "daemon/sigma/placeholder.h"

namespace alarum::sigma {

std::optional<std::string> find_placeholder(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || (i > 0 && text[i - 1] == '\\')) continue;
    std::size_t end = i + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > i + 1 && end < text.size() && text[end] == '%') return std::string(text.substr(i, end - i + 1));
  }
  return std::nullopt;
}

std::string unescape_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '%';
    if (!is_escape) out += text[i];
  }
  return out;
}

}  // namespace alarum::sigma

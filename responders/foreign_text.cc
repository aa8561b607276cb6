#include "responders/foreign_text.h"

#include "daemon/base/printable.h"
#include "daemon/base/utf8.h"
#include "daemon/http_client/http_origin.h"

namespace alarum {
namespace {

constexpr std::string_view ellipsis = "…";  // one unit

}  // namespace

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    units += point.size == 4 ? 2 : 1;
    at += point.size;
  }
  return units;
}

FittedText fitted(std::string_view text, std::size_t units_max, const TextEncoder& encode) {
  FittedText out;
  std::size_t units = 0;
  std::size_t end_before_ellipsis = 0;  // bytes of `out.text` behind which there is room for it
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::string piece = encode(text, at, point.size);
    units += utf16_units(piece);
    if (units > units_max) {
      out.text.resize(end_before_ellipsis);
      if (units_max > 0) out.text += ellipsis;
      out.is_cut = true;
      return out;
    }
    out.text += piece;
    if (units < units_max) end_before_ellipsis = out.text.size();
    at += point.size;
  }
  return out;
}

FittedText fitted(std::string_view text, std::size_t units_max) {
  return fitted(text, units_max, [](std::string_view whole, std::size_t at, std::size_t size) {
    return std::string(whole.substr(at, size));
  });
}

std::string shown(std::string_view text, Lines lines, std::size_t units_max) {
  const auto encode = [lines](std::string_view whole, std::size_t at, std::size_t size) {
    const bool stays = lines == Lines::several && (whole[at] == '\n' || whole[at] == '\t');
    return stays ? std::string(1, whole[at]) : printable(whole.substr(at, size));
  };
  return fitted(text, units_max, encode).text;
}

bool is_plain_link(std::string_view text) {
  constexpr std::string_view marks = "\"'`<>|[]{}()\\^*";
  return text.find_first_of(marks) == std::string_view::npos && http_origin(text).has_value();
}

}  // namespace alarum

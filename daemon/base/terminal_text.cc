#include "daemon/base/terminal_text.h"

#include <cstdlib>
#include <unistd.h>

namespace alarum {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain: return "";
    case Style::bold: return "\x1b[1m";
    case Style::dim: return "\x1b[2m";
    case Style::red: return "\x1b[31m";
    case Style::green: return "\x1b[32m";
    case Style::yellow: return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string styled(Style style, std::string_view text) {
  if (style == Style::plain) return std::string(text);
  return std::string(code_of(style)).append(text).append("\x1b[0m");
}

bool shows_colours(int descriptor) { return std::getenv("NO_COLOR") == nullptr && isatty(descriptor) == 1; }

std::string with_separators(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string counted(std::uint64_t count, std::string_view what) {
  return with_separators(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

}  // namespace alarum

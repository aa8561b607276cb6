#include "daemon/cli/terminal.h"

#include "daemon/base/printable.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace alarum::cli {
namespace {

constexpr std::size_t pending_max = 256 * 1024;

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

Output::Output(const GlobalOptions& global)
    : is_colored_(!global.no_color && std::getenv("NO_COLOR") == nullptr && isatty(STDOUT_FILENO) == 1) {}

void Output::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= pending_max) flush();
}

std::string Output::styled(Style style, std::string_view text) const {
  if (!is_colored_ || style == Style::plain) return std::string(text);
  return std::string(code_of(style)).append(text).append("\x1b[0m");
}

void Output::flush() {
  const bool written =
      std::fwrite(pending_.data(), 1, pending_.size(), stdout) == pending_.size() && std::fflush(stdout) == 0;
  if (!written && ok_) {
    complain(std::string("cannot write results: ") + std::strerror(errno));
    ok_ = false;
  }
  pending_.clear();
}

std::string with_separators(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, ",");
  return out;
}

std::string counted(std::uint64_t count, std::string_view what) {
  return with_separators(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

std::string readable_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text.data();
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + "\"";
}

void complain(std::string_view sentence) {
  std::fprintf(stderr, "alarum: %s\n", printable(sentence).c_str());
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace alarum::cli

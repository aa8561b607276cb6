#include "daemon/cli/terminal.h"

#include "daemon/base/printable.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace alarum::cli {
namespace {

constexpr std::size_t pending_max = 256 * 1024;

}  // namespace

Output::Output(const GlobalOptions& global) : is_colored_(!global.no_color && shows_colours(STDOUT_FILENO)) {}

void Output::write(std::string_view text) {
  pending_ += text;
  if (pending_.size() >= pending_max) flush();
}

std::string Output::styled(Style style, std::string_view text) const {
  return is_colored_ ? alarum::styled(style, text) : std::string(text);
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

std::string harmless_cell(const std::string& text) {
  const bool is_formula = text.find_first_of("=+-@") == 0;
  return csv_cell(is_formula ? "'" + text : text);
}

void complain(std::string_view sentence) {
  std::fprintf(stderr, "alarum: %s\n", printable(sentence).c_str());
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace alarum::cli

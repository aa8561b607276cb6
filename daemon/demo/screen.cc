#include "daemon/demo/screen.h"

#include "daemon/base/printable.h"

#include <algorithm>
#include <array>
#include <unistd.h>
#include <utility>

namespace alarum::demo {
namespace {

/// The left edge of what belongs to the line above: its clock takes this much.
constexpr std::string_view edge = "          ";

Style style_of(std::string_view level) {
  if (level == "critical" || level == "high") return Style::red;
  return level == "medium" ? Style::yellow : Style::plain;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string entities_text(const ToldAlert& alert) {
  std::string out;
  for (const auto& [type, value] : alert.entities) {
    out.append(out.empty() ? "" : "  ").append(printable(type)).append(" ").append(printable(value));
  }
  return out;
}

}  // namespace

Screen::Screen(std::FILE* out, bool wants_colours)
    : out_(out),
      is_terminal_(isatty(fileno(out)) == 1),
      is_coloured_(wants_colours && shows_colours(fileno(out))) {}

std::string Screen::styled(Style style, std::string_view text) const {
  return is_coloured_ ? alarum::styled(style, text) : std::string(text);
}

void Screen::write(std::string_view text) {
  ok_ = std::fwrite(text.data(), 1, text.size(), out_) == text.size() && std::fflush(out_) == 0 && ok_;
}

void Screen::clear_status() {
  if (std::exchange(has_status_, false)) write("\r\x1b[K");
}

void Screen::line(std::string_view text) {
  clear_status();
  write(std::string(text) + "\n");
}

void Screen::status(std::string_view text) {
  if (!is_terminal_) return;
  clear_status();
  write(text);
  has_status_ = true;
}

std::string clock_text(Duration since_begin) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_begin).count();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%3lld:%02lld", static_cast<long long>(seconds / 60),
                static_cast<long long>(seconds % 60));
  return text.data();
}

std::string seconds_text(double seconds) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", seconds);
  return text.data();
}

void tell_alert(Screen& screen, Duration since_begin, const ToldAlert& alert, bool is_explained) {
  const std::string level = padded("ALERT " + printable(alert.level), 14);
  screen.line(screen.styled(Style::dim, clock_text(since_begin)) + "    " +
              screen.styled(style_of(alert.level), level) + " " +
              screen.styled(Style::bold, printable(alert.title)));
  std::string about = entities_text(alert);
  if (alert.lag) {
    const double lag = std::chrono::duration<double>(*alert.lag).count();
    about += (about.empty() ? "" : "  ") + std::string("detected after ") + seconds_text(lag);
  }
  screen.line(std::string(edge) + about);
  screen.line(std::string(edge) +
              screen.styled(Style::dim, printable(alert.place) + "  rule " + printable(alert.rule_id)));
  std::size_t width = 0;
  for (const auto& [name, value] : alert.fields) width = std::max(width, printable(name).size());
  for (const auto& [name, value] : alert.fields) {
    screen.line(std::string(edge) + screen.styled(Style::yellow, padded(printable(name), width)) + "  " +
                printable(value));
  }
  if (!is_explained)
    screen.line(std::string(edge) + screen.styled(Style::red, "no attack explains this alert"));
}

}  // namespace alarum::demo

#pragma once

#include "daemon/base/terminal_text.h"
#include "daemon/demo/told_alert.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace alarum::demo {

/// What people see of the demo: lines, and on a terminal one at the bottom that changes. What comes from
/// events goes through `printable`. Written at once, since people watch. One thread.
class Screen {
 public:
  /// Writes to `out`, which outlives it, in colours where somebody sees and wants them.
  Screen(std::FILE* out, bool wants_colours);
  /// Nothing of the changing line stays.
  ~Screen() { clear_status(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Whether it is a terminal: only there a line can change.
  bool is_terminal() const { return is_terminal_; }

  /// A piece of text in this style.
  std::string styled(Style style, std::string_view text) const;

  /// Writes a line that stays.
  void line(std::string_view text);

  /// Writes what the changing line says now; on no terminal nothing.
  void status(std::string_view text);

  /// False once something could not be written.
  bool ok() const { return ok_; }

 private:
  void clear_status();
  void write(std::string_view text);

  std::FILE* out_;
  bool is_terminal_;
  bool is_coloured_;
  bool has_status_ = false;
  bool ok_ = true;
};

/// `0:07`, `12:34`: minutes and seconds.
std::string clock_text(Duration since_begin);

/// `0.218 s`.
std::string seconds_text(double seconds);

/// An alert as the demo tells it: what, whom it is about, how late, and the values that made it fire.
void tell_alert(Screen& screen, Duration since_begin, const ToldAlert& alert, bool is_explained);

}  // namespace alarum::demo

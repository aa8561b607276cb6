#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

/// Text that others wrote, on its way to people: no longer than its place allows, and with nothing in it that
/// would be obeyed instead of shown.
namespace alarum {

/// Whether a text may have several lines.
enum class Lines { one, several };

/// A text that was made to fit.
struct FittedText {
  std::string text;  ///< ends in `…` where it was cut
  bool is_cut = false;
};

/// How many UTF-16 units a text has; a byte that is not UTF-8 counts as the one that will stand for it.
std::size_t utf16_units(std::string_view text);

/// What is written for the bytes `text[at, at + size)`, one code point or a byte that is not UTF-8.
using TextEncoder = std::function<std::string(std::string_view text, std::size_t at, std::size_t size)>;

/// `text`, encoded code point by code point, with at most `units_max` UTF-16 units: what the limits of Slack
/// and Jira count, and never fewer than code points. Cut between code points only, never within what the
/// encoder wrote for one. Costs no more than the units that fit, however long the text is.
FittedText fitted(std::string_view text, std::size_t units_max, const TextEncoder& encode);

/// The same, with every code point as it is.
FittedText fitted(std::string_view text, std::size_t units_max);

/// As people may see it: what a terminal or a bidirectional override would obey is spelled out as
/// `daemon/base/printable` does, but with `Lines::several` line feeds and tabs stay.
std::string shown(std::string_view text, Lines lines, std::size_t units_max);

/// Whether `text` is a URL that can stand in a markup of links without ending it: http or https, visible
/// ASCII without brackets, quotes, bars and backslashes.
bool is_plain_link(std::string_view text);

}  // namespace alarum

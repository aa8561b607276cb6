#pragma once

#include <string>
#include <string_view>

namespace alarum {

/// `text` made safe for a terminal: control characters (C0, DEL, C1), bidirectional overrides and bytes that
/// are not UTF-8 become `\xNN` or `\u{NNNN}`. What an attacker wrote into a log must not move the analyst's
/// cursor.
std::string printable(std::string_view text);

/// The same line by line: line breaks stay, and the last line ends with one.
std::string printable_lines(std::string_view text);

}  // namespace alarum

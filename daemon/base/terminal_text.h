#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Text for people at a terminal: colours, and numbers that can be read.
namespace alarum {

/// How a piece of text looks on a terminal that shows colours.
enum class Style { plain, bold, dim, red, green, yellow };

/// `text` between the codes that make a terminal show it in this style.
std::string styled(Style style, std::string_view text);

/// Whether people see what is written to `descriptor` and want it in colours: it is a terminal, and the
/// environment does not say NO_COLOR.
bool shows_colours(int descriptor);

/// `1234567` as `1,234,567`.
std::string with_separators(std::uint64_t number);

/// `1 rule`, `2,000 rules`.
std::string counted(std::uint64_t count, std::string_view what);

}  // namespace alarum

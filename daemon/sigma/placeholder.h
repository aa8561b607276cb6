#pragma once

#include "daemon/sigma/pattern.h"

#include <optional>
#include <string>
#include <string_view>

/// Placeholders (rules specification, Placeholders): names that stand for values somebody else has to give.
namespace alarum::sigma {

/// The first placeholder of a text as it is written, with its percent signs: a name of letters, digits and
/// `_`, and of the `-` that SigmaHQ uses too, between percent signs that are not escaped. Behind an even
/// number of backslashes a percent sign is none the less one: they are escaped themselves.
std::optional<std::string> find_placeholder(std::string_view written);

/// The pattern of a written text, in which `\%` stands for the percent sign alone; `pattern` is what it is
/// with its escapes read, perhaps with wildcards around it since. Nothing where something else was done to
/// it. Works on what is written, because once escapes are read `\\%` and `\%` look alike.
std::optional<Pattern> unescape_percent(std::string_view written, const Pattern& pattern);

}  // namespace alarum::sigma

#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Placeholders (rules specification, Placeholders): names that stand for values somebody else has to give.
namespace alarum::sigma {

/// The first placeholder of `text`, with its percent signs: a name of letters, digits and `_`, and of the `-`
/// that SigmaHQ uses too, between percent signs that are not escaped.
std::optional<std::string> find_placeholder(std::string_view text);

/// `text` with `\%` turned into the percent sign it stands for.
std::string unescape_percent(std::string_view text);

}  // namespace alarum::sigma

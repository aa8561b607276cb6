#pragma once

#include <string_view>

namespace alarum {

/// Whether `part` stands somewhere in `text`. Linear in both, whatever they are, where string_view::find is
/// quadratic on texts made for that. Half of the time of evaluating rules goes here: docs/adr/0005.
bool contains(std::string_view text, std::string_view part);

}  // namespace alarum

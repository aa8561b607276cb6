#pragma once

#include <string_view>

namespace alarum {

/// Whether `part` stands somewhere in `text`. Linear in both, whatever they are, where string_view::find is
/// quadratic on texts made for that. Almost a third of the instructions of evaluating rules
/// is spent here: docs/adr/0005.
bool contains(std::string_view text, std::string_view part);

}  // namespace alarum

#pragma once

#include "config/section_value.h"

#include <string>

namespace alarum {

/// Checks, once everything is read, what only all settings of a section together can tell: that those that
/// are required are there, that none is of another kind, that no two exclude each other. Below `section` too;
/// what nobody wrote is not looked at. Problems go to where the settings were made.
void check_section(const SectionValue& section, const std::string& path);

}  // namespace alarum

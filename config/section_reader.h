#pragma once

#include "config/section_value.h"
#include "config/yaml_source.h"

#include <string>

namespace alarum {

/// Reads what a mapping of a file says into the settings of its section. Everything that is wrong goes to
/// `diagnostics`, which must outlive the settings; what is wrong has no effect. `path` is the section's in
/// messages, empty for the file as a whole.
void read_section(const YamlNode& mapping, const std::string& path, SectionValue& into,
                  Diagnostics& diagnostics);

/// `path.key`, or `key` where the path is empty.
std::string path_of(const std::string& path, std::string_view key);

}  // namespace alarum

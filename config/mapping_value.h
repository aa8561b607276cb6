#pragma once

#include "config/option.h"
#include "config/yaml_source.h"

#include <optional>
#include <string>

namespace alarum {

/// Reads a value that is a mapping: attributes, properties, or files of properties. Tells `diagnostics` what
/// is wrong, and gives nothing then. A property's text never becomes part of a message: it may be a secret.
std::optional<OptionValue> parse_mapping(const Option& option, const std::string& path,
                                         const YamlNode& mapping, Diagnostics& diagnostics);

}  // namespace alarum

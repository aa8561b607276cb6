#pragma once

#include "config/option.h"

#include <string>

namespace alarum {

/// A configuration file with every option, commented out at its default, and its help above it. Lists of
/// sections have one entry as an example; what it does not need is commented out twice.
std::string default_file(const Section& root);

/// The options as a Markdown table: name, what it takes, default, help. Part of
/// docs/reference/configuration.md.
std::string option_table(const Section& root);

}  // namespace alarum

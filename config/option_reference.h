#pragma once

#include "config/option.h"

#include <span>
#include <string>

namespace alarum {

/// A configuration file with every option, commented out at its default, and its help above it.
std::string default_file(std::span<const Option> options);

/// The options as a Markdown table: name, what it takes, default, help. Part of
/// docs/reference/configuration.md.
std::string option_table(std::span<const Option> options);

}  // namespace alarum

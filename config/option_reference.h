#pragma once

#include "config/option.h"

#include <string>
#include <string_view>

namespace alarum {

/// What the default file of alarumd begins with.
inline constexpr std::string_view default_file_heading =
    "# Alarum's configuration. Every option is here, commented out, at its default.\n"
    "# Files conf.d/*.yaml beside this one are read after it; ALARUM_SECTION__KEY in the environment wins.\n";

/// A configuration file with every option, commented out at its default, and its help above it, below a
/// heading of comments. Lists of sections have one entry as an example; what it does not need is commented
/// out twice.
std::string default_file(const Section& root, std::string_view heading = default_file_heading);

/// The options as a Markdown table: name, what it takes, default, help. Part of
/// docs/reference/configuration.md.
std::string option_table(const Section& root);

}  // namespace alarum

#pragma once

#include <string>

namespace alarum::cli {

/// `alarum 0.1.0`, as `--version` prints it.
std::string version_text();

}  // namespace alarum::cli

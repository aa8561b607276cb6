#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <string>

namespace alarum {

/// The bytes of a file that a person wrote, such as a rule or a configuration; of a longer one the first
/// `bytes_max`. The error names the path and what the system said; a folder is an error too.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"

#include <string>

namespace alarum::runner {

/// Whether root alone decides what runs at this absolute path: the program is a regular file that belongs to
/// root, is executable, and may be written by nobody else; nor may any folder on the way there, whether by
/// its name or through links, unless it is one like /tmp, where nobody may rename what belongs to others. The
/// error names what others could change.
Status check_program(const std::string& path);

}  // namespace alarum::runner

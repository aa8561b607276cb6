#pragma once

#include "daemon/base/result.h"

#include <string>

namespace alarum {

/// The text of a policy file, which only root may have written: a regular file that belongs to root and that
/// neither its group nor others may write. Otherwise whoever may change the file could have the program do
/// anything. Owner and mode are those of the bytes that are read: the file is opened once.
Result<std::string> read_policy_file(const std::string& path);

}  // namespace alarum

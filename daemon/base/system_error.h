#pragma once

#include "daemon/base/result.h"

#include <cerrno>
#include <cstring>
#include <string>

/// Errors of the system's calls, in the words that all of ours use.
namespace alarum {

/// What could not be done, and why by the system's word for `reason`, which is an `errno`.
inline Error system_error(const std::string& what, int reason) {
  return {ErrorCode::io, what + ": " + std::strerror(reason)};
}

/// The same about what is at `path`: `cannot read '/a/b': Permission denied`.
inline Error file_error(const std::string& what, const std::string& path, int reason) {
  return system_error(what + " '" + path + "'", reason);
}

}  // namespace alarum

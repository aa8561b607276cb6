#pragma once

#include "daemon/base/result.h"

#include <string>

namespace alarum::enforcer {

/// Sends one request to the enforcer that listens at `socket` and gives its answer, which is text of another
/// process. Each of connecting, sending and hearing takes at most ten seconds. Who listens there must be
/// root, the user `alarum-enforcer` or the caller's own user; the error names whoever else it is.
Result<std::string> ask(const std::string& socket, const std::string& request);

}  // namespace alarum::enforcer

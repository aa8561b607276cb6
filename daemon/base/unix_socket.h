#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <string>

namespace alarum {

/// A listening stream socket at `path`, open to its user and group only (mode 0660). One that a dead process
/// left there is replaced; where somebody still listens, or something else stands, that is the error. The
/// caller closes it.
Result<int> listen_on_unix_socket(const std::string& path);

/// A stream socket connected to `path`. The caller closes it. Connecting, and each time something is sent or
/// received, waits no longer than `patience`: a process that hangs accepts nobody, and then nobody more gets
/// in.
Result<int> connect_to_unix_socket(const std::string& path, Duration patience);

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <string>

namespace alarum {

/// Sends `request`, one line of JSON without its end, to the daemon at the socket `path`, and returns its
/// answer, one line without its end. The error says why there is none: nobody listens, no answer within
/// `patience`, or one that is longer than an answer may be or breaks off.
Result<std::string> ask_daemon(const std::string& path, const std::string& request, Duration patience);

}  // namespace alarum

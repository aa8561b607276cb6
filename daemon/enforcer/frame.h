#pragma once

#include "daemon/base/frame.h"
#include "daemon/enforcer/request.h"

#include <optional>
#include <string>

namespace alarum::enforcer {

/// Takes the first request or answer off `bytes`, as `alarum::take_frame` does; each has 1 to 4096 bytes.
inline Result<std::optional<std::string>> take_frame(std::string& bytes) {
  return alarum::take_frame(bytes, request_bytes_max);
}

}  // namespace alarum::enforcer

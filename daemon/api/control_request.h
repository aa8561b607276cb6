#pragma once

#include "daemon/base/result.h"

#include <string_view>

namespace alarum {

/// What can be asked over the control socket.
enum class ControlCommand { status };

/// How long a request may be, its line end included.
inline constexpr std::size_t control_request_bytes_max = 4096;

/// Reads one line, `{"command":"status"}`. Strict: an unknown or doubled member, or one of the wrong kind, is
/// an error that says so, since whoever sent it means something that we would not do.
Result<ControlCommand> parse_control_request(std::string_view line);

}  // namespace alarum

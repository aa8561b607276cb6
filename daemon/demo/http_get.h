#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::demo {

/// What a server answered.
struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// Asks the server at this port of the loopback address for `path`, and waits for its answer at most
/// `patience`. The error says that nobody answers, or nothing that is HTTP. For our own daemon: it knows no
/// chunks and follows nothing.
Result<HttpAnswer> http_get(std::uint16_t port, std::string_view path, Duration patience);

/// A port of the loopback address that nobody uses at this moment.
Result<std::uint16_t> free_port();

}  // namespace alarum::demo

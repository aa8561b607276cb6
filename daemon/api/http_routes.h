#pragma once

#include "daemon/service_status.h"

#include <string>
#include <string_view>

namespace alarum {

/// What a request is answered with; apart from the server, which knows sockets and nothing of alarumd.
struct HttpAnswer {
  unsigned status = 200;
  std::string content_type;
  std::string body;
};

/// The answer to `method` and `target`: GET `/metrics`, `/healthz` and `/readyz`; 404 for other paths, 405
/// for other methods of these. A query behind the path is ignored. The thread of the HTTP server.
HttpAnswer http_answer(std::string_view method, std::string_view target, const StatusProvider& provider);

}  // namespace alarum

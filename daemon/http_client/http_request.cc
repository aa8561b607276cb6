#include "daemon/http_client/http_request.h"

namespace alarum {

std::string_view http_failure_name(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::request: return "request";
    case HttpFailure::resolve: return "resolve";
    case HttpFailure::connect: return "connect";
    case HttpFailure::tls: return "tls";
    case HttpFailure::timeout: return "timeout";
    case HttpFailure::too_large: return "too_large";
    case HttpFailure::protocol: return "protocol";
    case HttpFailure::cancelled: return "cancelled";
  }
  return "request";
}

}  // namespace alarum

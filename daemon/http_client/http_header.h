#pragma once

#include "daemon/base/result.h"
#include "daemon/http_client/http_request.h"

#include <span>

namespace alarum {

/// Whether these headers may be sent: names are tokens (RFC 9110 §5.6.2) and not those that decide where a
/// request ends or whom it is for, which are ours to write; values are not empty and hold nothing that ends a
/// header or a line. The error names the header and never shows a value.
Status check_headers(std::span<const HttpHeader> headers);

}  // namespace alarum

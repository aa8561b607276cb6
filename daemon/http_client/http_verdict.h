#pragma once

#include "daemon/base/time.h"
#include "daemon/http_client/http_request.h"

#include <cstdint>
#include <optional>
#include <string_view>

/// What the outcome of a request means for what it was to do.
namespace alarum {

/// Whether what was asked for has happened.
enum class HttpVerdict : std::uint8_t {
  accepted,  ///< yes: 2xx
  refused,   ///< no, and asking again changes nothing
  not_done,  ///< no, not yet: it was not sent, or the server says that it did nothing and to come again
  in_doubt   ///< it was sent, and nobody knows
};

/// The verdict by RFC 9110: a server that fails (5xx) may have done the work before, except where its status
/// says that it did not begin (408, 425, 429, 501, 503, 505). A redirect is refused, since it is not
/// followed.
HttpVerdict http_verdict(const HttpOutcome& outcome);

/// Whether the request is worth another try: what is not done is; what is in doubt is where the request may
/// arrive twice, as a `get` always may.
bool is_worth_retry(const HttpRequest& request, HttpVerdict verdict);

/// How long `Retry-After` asks to wait (RFC 9110 §10.2.3): seconds, or until a date, which is nothing when it
/// is past. No value where the text is neither; the two obsolete spellings of a date are neither.
std::optional<Duration> retry_after(std::string_view text, Timestamp now);

}  // namespace alarum

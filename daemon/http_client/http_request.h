#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A request to a web server, and what came of it, as plain values: whoever builds requests or reads answers
/// needs no network, and can be tested byte for byte.
namespace alarum {

/// What a request asks for.
enum class HttpMethod : std::uint8_t { get, post };

/// A header of a request.
struct HttpHeader {
  std::string name;
  std::string value;  ///< may be a secret
  friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

/// One request. What it says is sent as it stands here.
struct HttpRequest {
  HttpMethod method = HttpMethod::get;
  std::string url = {};  ///< http or https, in ASCII, without user and password; its path may be a secret
  std::vector<HttpHeader> headers = {};
  std::string body = {};                               ///< empty with `get`
  Duration connect_timeout = std::chrono::seconds(5);  ///< until there is a connection, with TLS
  Duration total_timeout = std::chrono::seconds(30);   ///< until the last byte of the answer
  std::size_t response_bytes_max = 256U << 10U;        ///< of its body
  bool is_repeatable = false;  ///< a `post` that may arrive twice and still has one effect
};

/// What a server answered.
struct HttpResponse {
  int status = 0;
  std::string retry_after;  ///< the header of that name as it came; empty where it did not
  std::string body;
};

/// How far a request came, or what was in its way.
enum class HttpFailure : std::uint8_t {
  request,    ///< nothing was done: it is not one that we send
  resolve,    ///< the name of the server leads nowhere
  connect,    ///< nobody listens there, or the proxy does not let us through
  tls,        ///< who listens there is not proven to be the server
  timeout,    ///< no whole answer in time
  too_large,  ///< the answer has more bytes than are taken
  protocol,   ///< the answer breaks off, or is no HTTP
  cancelled   ///< we have to end
};

/// Why there is no answer.
struct HttpError {
  HttpFailure failure = HttpFailure::request;
  std::string message;   ///< for people; with scheme, host and port of the URL, never with more of it
  bool is_sent = false;  ///< the server may have seen the request, and done what it asks for
};

/// What came of a request.
struct HttpOutcome {
  std::variant<HttpResponse, HttpError> result;
  /// Whom the request was sent to: the proxy, where there is one; with https, who has shown the certificate
  /// for the name. Nothing when it was sent to nobody.
  std::optional<IpAddress> peer;

  /// The answer; null where there is none.
  const HttpResponse* response() const { return std::get_if<HttpResponse>(&result); }
  /// Why there is no answer; null where there is one.
  const HttpError* error() const { return std::get_if<HttpError>(&result); }
};

/// The word for a failure: `resolve`, `too_large`, …
std::string_view http_failure_name(HttpFailure failure);

}  // namespace alarum

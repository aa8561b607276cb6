#pragma once

#include "daemon/base/result.h"
#include "daemon/http_client/http_request.h"

#include <memory>
#include <stop_token>
#include <string>

namespace alarum {

/// Asks web servers, one request at a time. The wall around libcurl.
///
/// Whom it talks to over https has shown a certificate for the name in the URL by an authority that is
/// trusted; there is no way to do without. A redirect is an answer like any other: it is not followed.
/// Nothing is taken from outside of a request and `Options`: no proxy or other setting of the environment, no
/// .netrc, no cookies. HTTP/1.1 only.
///
/// A connection serves one request after the other where it may be that a request arrives twice: libcurl
/// sends again what was lost with a connection that the server had closed meanwhile. All other requests have
/// a connection of their own.
///
/// For threads that may wait, one at a time; the process ignores SIGPIPE. Fault points: `http_before_send`,
/// `http_after_answer`.
class HttpClient {
 public:
  /// What holds for all requests.
  struct Options {
    std::string ca_file =
        {};  ///< the authorities to trust instead of the system's, in PEM; empty: the system's
    std::string proxy = {};  ///< `http://HOST:PORT`; empty: none
    std::string user_agent = "alarum";
    long connections_max = 4;  ///< that are kept open
  };

  /// The error says which option is not understood.
  static Result<std::unique_ptr<HttpClient>> make(Options options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `request` and waits for the whole answer, at most for `total_timeout`, and no longer than `stop`
  /// is not requested, from any thread.
  HttpOutcome send(const HttpRequest& request, std::stop_token stop);

 private:
  struct Session;
  explicit HttpClient(std::unique_ptr<Session> session);

  std::unique_ptr<Session> session_;
};

}  // namespace alarum

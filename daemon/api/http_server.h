#pragma once

#include "config/address.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/service_status.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace alarum {

/// Answers HTTP on one port, from a thread of its own: what http_routes.h says. Everything that a client can
/// make it hold is bounded: header, body, connections, time. The wall around Boost.Beast.
class HttpServer {
 public:
  /// Where it listens, and what clients can make it hold.
  struct Options {
    /// An IP address and a port, 0 for any that is free. Whoever reaches it may ask; nothing here is a
    /// secret.
    Address listen{"127.0.0.1", 9464};
    std::size_t header_bytes_max = 8 * 1024;
    std::size_t body_bytes_max = 1024;  ///< no request of ours has a body; a small one is read and ignored
    /// More than these wait until one ends.
    std::size_t connections_max = 64;
    /// How long a connection may be silent, or slow with a request or its answer.
    Duration idle_max = std::chrono::seconds(10);
  };

  /// Listens and starts the thread. The error names the address and what is in the way.
  static Result<std::unique_ptr<HttpServer>> start(const Options& options, StatusProvider provider);

  /// Closes every connection and ends the thread.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port that it listens on.
  std::uint16_t port() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace alarum

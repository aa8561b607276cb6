#pragma once

#include "daemon/api/control_request.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/service_status.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace alarum {

/// Where the daemon answers unless somebody says otherwise.
inline constexpr const char* default_control_socket = "/run/alarum/control.sock";

/// Answers every command but `status`, with one JSON object in one line. The control server's thread.
using ControlHandler = std::function<std::string(const ControlRequest& request, const PeerCredentials& peer)>;

/// Answers `alarum` over a Unix socket, from a thread of its own: one JSON object in one line each way, then
/// it closes. Only the kernel's word counts for who asks.
class ControlServer {
 public:
  /// Where it listens, and what one client, or all of them, can make it hold.
  struct Options {
    std::string path = default_control_socket;
    /// More than these wait until one ends.
    std::size_t connections_max = 16;
    /// How long a connection may take with its request, and with its answer.
    Duration idle_max = std::chrono::seconds(5);
  };

  /// Listens and starts the thread. A socket that a dead process left is replaced; one that somebody answers
  /// at, or another kind of file, is an error.
  static Result<std::unique_ptr<ControlServer>> start(const Options& options, StatusProvider provider,
                                                      ControlHandler handler);

  /// Closes every connection, ends the thread and removes the socket.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  class Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace alarum

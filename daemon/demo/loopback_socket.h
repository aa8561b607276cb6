#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <string>

namespace alarum::demo {

/// A descriptor of a socket, which it closes. One thread.
class Socket {
 public:
  /// A stream socket for IPv4.
  Socket();
  /// Takes a descriptor; -1 is none.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// For the system's calls; -1 where there is none.
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// `port` of the loopback address.
sockaddr_in loopback(std::uint16_t port);

/// The port that a socket is bound to.
Result<std::uint16_t> port_of(const Socket& bound);

/// No call on the socket waits longer than what is left until `deadline`.
void limit_waits(const Socket& socket, Duration deadline);

/// Appends what has come to `out`, at most 64 KiB; false at the end of the stream. The error says that
/// nothing came until `deadline`, or that `out` would grow beyond `bytes_max`.
Result<bool> receive_some(const Socket& socket, Duration deadline, std::size_t bytes_max, std::string& out);

/// What could not be done, and what the system says of it now.
Error socket_error(const std::string& what);

}  // namespace alarum::demo

#include "daemon/demo/loopback_socket.h"

#include "daemon/base/clock.h"
#include "daemon/base/system_error.h"

#include <algorithm>
#include <array>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace alarum::demo {

Socket::Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

Result<std::uint16_t> port_of(const Socket& bound) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(bound.descriptor(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return socket_error("a socket has no port");
  }
  return ntohs(address.sin_port);
}

void limit_waits(const Socket& socket, Duration deadline) {
  const Duration left = std::max(deadline - steady_now(), Duration(1));
  const timeval limit{left.count() / 1'000'000, left.count() % 1'000'000};
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<bool> receive_some(const Socket& socket, Duration deadline, std::size_t bytes_max, std::string& out) {
  std::array<char, 64 * 1024> piece{};
  ssize_t count = -1;
  do {
    limit_waits(socket, deadline);
    count = recv(socket.descriptor(), piece.data(), piece.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return socket_error("nothing comes");
  if (out.size() + static_cast<std::size_t>(count) > bytes_max) {
    return Error{ErrorCode::limit, "it is too long"};
  }
  out.append(piece.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Error socket_error(const std::string& what) { return system_error(what, errno); }

}  // namespace alarum::demo

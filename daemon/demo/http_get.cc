#include "daemon/demo/http_get.h"

#include "daemon/base/clock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace alarum::demo {
namespace {

constexpr std::size_t answer_bytes_max = 16U << 20U;

class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

Error failed(const std::string& what) { return {ErrorCode::io, what + ": " + std::strerror(errno)}; }

/// No call on the socket waits longer than what is left until `deadline`.
void limit_waits(int descriptor, Duration deadline) {
  const Duration left = std::max(deadline - steady_now(), Duration(1));
  const timeval limit{left.count() / 1'000'000, left.count() % 1'000'000};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/// Everything until the other side closes.
Result<std::string> receive_all(int descriptor, Duration deadline) {
  std::string out;
  std::array<char, 64 * 1024> piece{};
  while (out.size() <= answer_bytes_max) {
    limit_waits(descriptor, deadline);
    const ssize_t count = recv(descriptor, piece.data(), piece.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("no answer");
    if (count == 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(count));
  }
  return Error{ErrorCode::limit, "the answer is too long"};
}

Result<HttpAnswer> parse(std::string text) {
  // HTTP/1.1 200 OK
  constexpr std::size_t status_at = 9;
  const std::size_t head = text.find("\r\n\r\n");
  HttpAnswer out;
  if (!text.starts_with("HTTP/1.") || head == std::string::npos ||
      std::from_chars(text.data() + status_at, text.data() + head, out.status).ec != std::errc()) {
    return Error{ErrorCode::invalid, "the answer is no HTTP"};
  }
  out.body = text.substr(head + 4);
  return out;
}

}  // namespace

Result<HttpAnswer> http_get(std::uint16_t port, std::string_view path, Duration patience) {
  const Duration deadline = steady_now() + patience;
  const Socket server;
  const sockaddr_in address = loopback(port);
  limit_waits(server.descriptor(), deadline);
  if (connect(server.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("nobody listens at 127.0.0.1:" + std::to_string(port));
  }
  const std::string request =
      "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  if (send(server.descriptor(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return failed("cannot ask 127.0.0.1:" + std::to_string(port));
  }
  TRY(std::string text, receive_all(server.descriptor(), deadline));
  return parse(std::move(text));
}

Result<std::uint16_t> free_port() {
  const Socket probe;
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe.descriptor(), generic, size) != 0 || getsockname(probe.descriptor(), generic, &size) != 0) {
    return failed("no free port at 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

}  // namespace alarum::demo

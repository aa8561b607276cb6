#include "daemon/demo/http_get.h"

#include "daemon/base/clock.h"
#include "daemon/demo/loopback_socket.h"

#include <charconv>
#include <sys/socket.h>

namespace alarum::demo {
namespace {

constexpr std::size_t answer_bytes_max = 16U << 20U;

/// Everything until the other side closes.
Result<std::string> receive_all(const Socket& server, Duration deadline) {
  std::string out;
  bool goes_on = true;
  while (goes_on) {
    TRY(goes_on, receive_some(server, deadline, answer_bytes_max, out));
  }
  return out;
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
  limit_waits(server, deadline);
  if (connect(server.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return socket_error("nobody listens at 127.0.0.1:" + std::to_string(port));
  }
  const std::string request =
      "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  if (send(server.descriptor(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return socket_error("cannot ask 127.0.0.1:" + std::to_string(port));
  }
  TRY(std::string text, receive_all(server, deadline));
  return parse(std::move(text));
}

Result<std::uint16_t> free_port() {
  const Socket probe;
  const sockaddr_in address = loopback(0);
  if (bind(probe.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return socket_error("no free port at 127.0.0.1");
  }
  return port_of(probe);
}

}  // namespace alarum::demo

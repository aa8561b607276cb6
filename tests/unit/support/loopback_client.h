#pragma once

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace alarum::test {

/// A client that sends what no library would, and reads what comes back.
class LoopbackClient {
 public:
  /// Connects to `port` of 127.0.0.1.
  explicit LoopbackClient(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  }
  /// Connects to the Unix socket at `path`.
  explicit LoopbackClient(const std::string& path) : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  }
  ~LoopbackClient() { close(socket_); }
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  LoopbackClient& send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;  // the server has heard enough
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  /// Everything until the server closes, or for ten seconds.
  std::string receive_all() {
    std::string out;
    while (true) {
      const std::string piece = receive_some(10'000);
      if (piece.empty()) return out;
      out += piece;
    }
  }

  /// What is there within `milliseconds`; empty where nothing is, or the server has closed.
  std::string receive_some(int milliseconds) {
    pollfd waited{socket_, POLLIN, 0};
    if (poll(&waited, 1, milliseconds) <= 0) return {};
    std::array<char, 4096> piece{};
    const ssize_t count = recv(socket_, piece.data(), piece.size(), 0);
    return count <= 0 ? std::string() : std::string(piece.data(), static_cast<std::size_t>(count));
  }

  /// Whether the server closes within ten seconds, without having said anything.
  bool is_closed_silently() {
    pollfd waited{socket_, POLLIN, 0};
    char byte = 0;
    return poll(&waited, 1, 10'000) == 1 && recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  int socket_;
};

}  // namespace alarum::test

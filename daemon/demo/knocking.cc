#include "daemon/demo/knocking.h"

#include <arpa/inet.h>
#include <array>
#include <string>
#include <sys/socket.h>

namespace alarum::demo {
namespace {

constexpr Duration knock_interval = std::chrono::milliseconds(50);
constexpr std::uint16_t server_port = 443;

sockaddr_in address_of(std::string_view text, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, std::string(text).c_str(), &out.sin_addr);
  return out;
}

Result<std::unique_ptr<Socket>> open_at(std::string_view address, std::uint16_t port) {
  auto out = std::make_unique<Socket>(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in own = address_of(address, port);
  if (bind(out->descriptor(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
    return socket_error("no socket at " + std::string(address));
  }
  return out;
}

/// Sends back what came, to whom it came from.
void send_back(const Socket& server) {
  std::array<char, 16> data{};
  sockaddr_in sender{};
  socklen_t size = sizeof sender;
  auto* const generic = reinterpret_cast<sockaddr*>(&sender);
  ssize_t count = 0;
  while ((count = recvfrom(server.descriptor(), data.data(), data.size(), 0, generic, &size)) >= 0) {
    sendto(server.descriptor(), data.data(), static_cast<std::size_t>(count), 0, generic, size);
  }
}

}  // namespace

Status Knocking::open_server(std::string_view address) {
  TRY(server_, open_at(address, server_port));
  return {};
}

Status Knocking::open_client(std::string_view address, std::string_view server) {
  TRY(client_, open_at(address, 0));
  const sockaddr_in other = address_of(server, server_port);
  if (connect(client_->descriptor(), reinterpret_cast<const sockaddr*>(&other), sizeof other) != 0) {
    return socket_error("no way to " + std::string(server));
  }
  return {};
}

bool Knocking::take_answers() const {
  std::array<char, 16> data{};
  bool out = false;
  while (recv(client_->descriptor(), data.data(), data.size(), 0) >= 0) out = true;
  return out;
}

void Knocking::step(Duration now) {
  send_back(*server_);
  if (take_answers()) watch_.note_answer(now);
  if (now < knock_due_) return;
  knock_due_ = now + knock_interval;
  watch_.note_knock(now);
  constexpr char knock = 'k';
  static_cast<void>(send(client_->descriptor(), &knock, sizeof knock, 0));
}

}  // namespace alarum::demo

#include "daemon/enforcer/connections.h"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <cstring>
#include <linux/inet_diag.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace alarum::enforcer {
namespace {

constexpr unsigned short port = 41'000;

/// A message as the kernel sends it, with INET_DIAG_SKV6ONLY behind it.
std::vector<std::byte> message(int family, int state, const char* local, const char* peer,
                               bool is_ipv6_only = false) {
  inet_diag_msg socket{};
  socket.idiag_family = static_cast<unsigned char>(family);
  socket.idiag_state = static_cast<unsigned char>(state);
  socket.id.idiag_sport = htons(port);
  inet_pton(family, local, socket.id.idiag_src);
  inet_pton(family, peer, socket.id.idiag_dst);
  std::vector<std::byte> out(sizeof(socket));
  std::memcpy(out.data(), &socket, sizeof(socket));
  for (const int byte : std::vector<int>{5, 0, INET_DIAG_SKV6ONLY, 0, is_ipv6_only ? 1 : 0, 0, 0, 0})
    out.push_back(static_cast<std::byte>(byte));
  return out;
}

std::string opened(const std::vector<std::vector<std::byte>>& messages) {
  Connections connections;
  for (const auto& bytes : messages) connections.take(bytes);
  std::string out;
  for (const IpNetwork& peer : connections.opened_here()) out += peer.to_text() + " ";
  return out;
}

const auto ours = message(AF_INET, TCP_ESTABLISHED, "192.0.2.1", "198.51.100.7");
const auto ours_mapped = message(AF_INET6, TCP_ESTABLISHED, "::ffff:192.0.2.1", "::ffff:198.51.100.7");

TEST_CASE("a connection at a port where nobody listens was opened here") {
  CHECK(opened({ours}) == "198.51.100.7 ");
  CHECK(opened({ours_mapped}) == "198.51.100.7 ");
  CHECK(opened({message(AF_INET6, TCP_SYN_SENT, "2001:db8::1", "2001:db8::7")}) == "2001:db8::7 ");
}

TEST_CASE("a connection at the address and port of a listener came in") {
  CHECK(opened({ours, message(AF_INET, TCP_LISTEN, "192.0.2.1", "0.0.0.0")}).empty());
  CHECK(opened({ours, message(AF_INET, TCP_LISTEN, "0.0.0.0", "0.0.0.0")}).empty());
  CHECK(opened({ours_mapped, message(AF_INET6, TCP_LISTEN, "::", "::")}).empty());
  CHECK(opened({ours, message(AF_INET, TCP_CLOSE, "0.0.0.0", "0.0.0.0")}).empty());
}

TEST_CASE("a listener at another address or of another family says nothing of a connection") {
  CHECK(opened({ours, message(AF_INET, TCP_LISTEN, "127.0.0.1", "0.0.0.0")}) == "198.51.100.7 ");
  CHECK(opened({ours, message(AF_INET6, TCP_LISTEN, "::1", "::")}) == "198.51.100.7 ");
  CHECK(opened({ours, message(AF_INET6, TCP_LISTEN, "::", "::", true)}) == "198.51.100.7 ");
}

TEST_CASE("a message that is too short says nothing") { CHECK(opened({{std::byte{2}}, {}}).empty()); }

}  // namespace
}  // namespace alarum::enforcer

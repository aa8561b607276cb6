#include "daemon/enforcer/connections.h"

#include <arpa/inet.h>
#include <cstring>
#include <linux/inet_diag.h>
#include <netinet/tcp.h>
#include <span>
#include <sys/socket.h>

namespace alarum::enforcer {
namespace {

const IpAddress any_ipv4 = *IpAddress::parse("0.0.0.0");
const IpAddress any_ipv6 = *IpAddress::parse("::");

/// Whether a socket for IPv6 takes IPv6 only; otherwise it takes IPv4 at every address too.
bool is_ipv6_only(NetlinkMessage message) {
  bool out = false;
  each_attribute(message, sizeof(inet_diag_msg), [&](unsigned short type, NetlinkMessage value) {
    if (type == INET_DIAG_SKV6ONLY && !value.empty()) out = value.front() != std::byte{0};
  });
  return out;
}

}  // namespace

void Connections::take(NetlinkMessage message) {
  inet_diag_msg socket{};
  if (message.size() < sizeof(socket)) return;
  std::memcpy(&socket, message.data(), sizeof(socket));
  const std::size_t size = socket.idiag_family == AF_INET ? 4 : 16;
  const auto local = netlink_address(std::as_bytes(std::span(socket.id.idiag_src)).first(size));
  const auto peer = netlink_address(std::as_bytes(std::span(socket.id.idiag_dst)).first(size));
  const unsigned short port = ntohs(socket.id.idiag_sport);
  if (!local || !peer) return;
  // A UDP socket that is connected to nobody is in the state that TCP calls closed.
  const bool is_waiting = socket.idiag_state == TCP_LISTEN || socket.idiag_state == TCP_CLOSE;
  if (!is_waiting) {
    open_.push_back({{*local, port}, *peer});
    return;
  }
  waiting_.insert({*local, port});
  if (*local == any_ipv6 && !is_ipv6_only(message)) waiting_.insert({any_ipv4, port});
}

std::vector<IpNetwork> Connections::opened_here() const {
  std::vector<IpNetwork> out;
  for (const Connection& connection : open_) {
    if (!is_waited_at(connection.local)) out.push_back(IpNetwork::single(connection.peer));
  }
  return out;
}

bool Connections::is_waited_at(const Place& local) const {
  const auto& [address, port] = local;
  return waiting_.contains(local) || waiting_.contains({address.is_ipv4() ? any_ipv4 : any_ipv6, port});
}

}  // namespace alarum::enforcer

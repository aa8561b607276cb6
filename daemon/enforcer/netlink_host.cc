#include "daemon/enforcer/netlink_host.h"

#include "daemon/enforcer/connections.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>

namespace alarum::enforcer {
namespace {

constexpr std::array<unsigned char, 2> families = {AF_INET, AF_INET6};
constexpr unsigned tcp_states = (1U << TCP_ESTABLISHED) | (1U << TCP_SYN_SENT) | (1U << TCP_LISTEN);
constexpr unsigned udp_states = (1U << TCP_ESTABLISHED) | (1U << TCP_CLOSE);  // connected, and not

template <class T>
std::span<const std::byte> bytes_of(const T& body) {
  return std::as_bytes(std::span(&body, 1));
}

/// Nothing where the message is too short to begin with a `T`.
template <class T>
std::optional<T> head_of(NetlinkMessage message) {
  T out{};
  if (message.size() < sizeof(T)) return std::nullopt;
  std::memcpy(&out, message.data(), sizeof(T));
  return out;
}

void add(std::vector<IpNetwork>& into, const std::optional<IpAddress>& address) {
  if (address) into.push_back(IpNetwork::single(*address));
}

void add_peers(const Connections& connections, HostAddresses& into) {
  const std::vector<IpNetwork> peers = connections.opened_here();
  into.peers.insert(into.peers.end(), peers.begin(), peers.end());
}

void take_address(NetlinkMessage message, HostAddresses& into) {
  each_attribute(message, sizeof(ifaddrmsg), [&](unsigned short type, NetlinkMessage value) {
    if (type == IFA_LOCAL || type == IFA_ADDRESS || type == IFA_ANYCAST)
      add(into.own, netlink_address(value));
    if (type == IFA_BROADCAST) add(into.broadcast, netlink_address(value));
  });
}

/// A gateway of another family (RFC 5549): its family, then its address.
std::optional<IpAddress> via_address(NetlinkMessage value) {
  constexpr std::size_t family_size = sizeof(unsigned short);
  return value.size() < family_size ? std::nullopt : netlink_address(value.subspan(family_size));
}

void take_next_hops(NetlinkMessage hops, HostAddresses& into) {
  while (const auto hop = head_of<rtnexthop>(hops)) {
    if (hop->rtnh_len < sizeof(rtnexthop) || hop->rtnh_len > hops.size()) return;
    each_attribute(hops.first(hop->rtnh_len), sizeof(rtnexthop),
                   [&](unsigned short type, NetlinkMessage value) {
                     if (type == RTA_GATEWAY) add(into.gateways, netlink_address(value));
                     if (type == RTA_VIA) add(into.gateways, via_address(value));
                   });
    const std::size_t step = RTNH_ALIGN(hop->rtnh_len);
    hops = hops.subspan(std::min(step, hops.size()));
  }
}

void take_route(NetlinkMessage message, HostAddresses& into) {
  const auto route = head_of<rtmsg>(message);
  if (!route) return;
  const unsigned shift = route->rtm_family == AF_INET ? ipv4_prefix_shift : 0;
  each_attribute(message, sizeof(rtmsg), [&](unsigned short type, NetlinkMessage value) {
    if (type == RTA_GATEWAY) add(into.gateways, netlink_address(value));
    if (type == RTA_VIA) add(into.gateways, via_address(value));
    if (type == RTA_MULTIPATH) take_next_hops(value, into);
    if (type != RTA_DST) return;
    const auto destination = netlink_address(value);
    if (!destination) return;
    const IpNetwork network = IpNetwork::of(*destination, route->rtm_dst_len + shift);
    if (route->rtm_type == RTN_LOCAL || route->rtm_type == RTN_ANYCAST) into.own.push_back(network);
    if (route->rtm_type == RTN_BROADCAST) into.broadcast.push_back(network);
  });
}

void take_next_hop(NetlinkMessage message, HostAddresses& into) {
  each_attribute(message, sizeof(nhmsg), [&](unsigned short type, NetlinkMessage value) {
    if (type == NHA_GATEWAY) add(into.gateways, netlink_address(value));
  });
}

}  // namespace

Result<NetlinkHost> NetlinkHost::open() {
  TRY(NetlinkDump route, NetlinkDump::open(NETLINK_ROUTE));
  TRY(NetlinkDump connections, NetlinkDump::open(NETLINK_SOCK_DIAG));
  constexpr std::array<int, 4> groups = {RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
                                         RTNLGRP_IPV6_ROUTE};
  constexpr std::array<int, 1> newer_groups = {RTNLGRP_NEXTHOP};  // since Linux 5.3
  TRY(NetlinkSubscription changes, NetlinkSubscription::open(NETLINK_ROUTE, groups, newer_groups));
  return NetlinkHost(std::move(route), std::move(connections), std::move(changes));
}

bool NetlinkHost::has_changed() {
  if (!changes_.each([&](unsigned short, NetlinkMessage) { is_stale_ = true; })) is_stale_ = true;
  return is_stale_;
}

Result<HostAddresses> NetlinkHost::read() {
  if (has_changed()) {
    HostAddresses found;
    TRY_OK(read_addresses(found));
    TRY_OK(read_routes(found));
    TRY_OK(read_next_hops(found));
    // The kernel's order says nothing, and must not look like a change.
    for (auto* const networks : {&found.own, &found.broadcast, &found.gateways})
      std::sort(networks->begin(), networks->end());
    routes_ = std::move(found);
  }
  HostAddresses out = routes_;
  TRY_OK(read_tcp(out));
  // A kernel may do without the module that tells of UDP; blocking nobody at all would be too much for that.
  const Status read_udp = read_udp_sockets(out);
  out.has_udp_peers = read_udp.has_value();
  if (!read_udp && read_udp.error().code != ErrorCode::unsupported) return read_udp.error();
  is_stale_ = false;  // only now: what is not handed out was not read
  return out;
}

Status NetlinkHost::read_addresses(HostAddresses& into) {
  ifaddrmsg body{};  // of both families
  return route_.run(
      RTM_GETADDR, bytes_of(body),
      [&] {
        into.own.clear();
        into.broadcast.clear();
      },
      [&](NetlinkMessage message) { take_address(message, into); });
}

Status NetlinkHost::read_routes(HostAddresses& into) {
  for (const unsigned char family : families) {
    HostAddresses found;
    rtmsg body{};
    body.rtm_family = family;
    TRY_OK(route_.run(
        RTM_GETROUTE, bytes_of(body), [&] { found = {}; },
        [&](NetlinkMessage message) { take_route(message, found); }));
    into.own.insert(into.own.end(), found.own.begin(), found.own.end());
    into.broadcast.insert(into.broadcast.end(), found.broadcast.begin(), found.broadcast.end());
    into.gateways.insert(into.gateways.end(), found.gateways.begin(), found.gateways.end());
  }
  return {};
}

/// Next hops that routes name by number. Kernels before 5.3 have none.
Status NetlinkHost::read_next_hops(HostAddresses& into) {
  HostAddresses found;
  const nhmsg body{};  // of every family
  Status read = route_.run(
      RTM_GETNEXTHOP, bytes_of(body), [&] { found = {}; },
      [&](NetlinkMessage message) { take_next_hop(message, found); });
  if (!read && read.error().code != ErrorCode::unsupported) return read;
  into.gateways.insert(into.gateways.end(), found.gateways.begin(), found.gateways.end());
  return {};
}

/// Both families by one dump: for each the kernel walks through all of its table of TCP, which takes
/// milliseconds however few sockets are in it, and only the older request asks for both.
Status NetlinkHost::read_tcp(HostAddresses& into) {
  Connections found;
  inet_diag_req body{};
  body.idiag_states = tcp_states;
  TRY_OK(connections_.run(
      TCPDIAG_GETSOCK, bytes_of(body), [&] { found = {}; },
      [&](NetlinkMessage message) { found.take(message); }));
  add_peers(found, into);
  return {};
}

/// Sockets of both families in one view: one of IPv6 that waits may take IPv4.
Status NetlinkHost::read_udp_sockets(HostAddresses& into) {
  Connections found;
  for (const unsigned char family : families) {
    inet_diag_req_v2 body{};
    body.sdiag_family = family;
    body.sdiag_protocol = IPPROTO_UDP;
    body.idiag_states = udp_states;
    const Connections before = found;
    TRY_OK(connections_.run(
        SOCK_DIAG_BY_FAMILY, bytes_of(body), [&] { found = before; },
        [&](NetlinkMessage message) { found.take(message); }));
  }
  add_peers(found, into);
  return {};
}

}  // namespace alarum::enforcer

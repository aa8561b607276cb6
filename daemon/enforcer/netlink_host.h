#pragma once

#include "daemon/enforcer/host_addresses.h"
#include "daemon/enforcer/netlink_dump.h"
#include "daemon/enforcer/netlink_subscription.h"

#include <utility>

namespace alarum::enforcer {

/// The addresses of this host as the kernel's tables have them: interfaces and routes of every table by
/// rtnetlink(7), connections by sock_diag(7). Interfaces and routes are read again when they changed,
/// connections each time. One thread.
class NetlinkHost final : public HostReader {
 public:
  /// Opens the sockets; reads nothing yet.
  static Result<NetlinkHost> open();

  bool has_changed() override;
  Result<HostAddresses> read() override;
  /// Can be read when something changed.
  int descriptor() const { return changes_.descriptor(); }

 private:
  NetlinkHost(NetlinkDump route, NetlinkDump connections, NetlinkSubscription changes)
      : route_(std::move(route)), connections_(std::move(connections)), changes_(std::move(changes)) {}
  Status read_addresses(HostAddresses& into);
  Status read_routes(HostAddresses& into);
  Status read_next_hops(HostAddresses& into);
  Status read_tcp(HostAddresses& into);
  Status read_udp_sockets(HostAddresses& into);

  NetlinkDump route_;
  NetlinkDump connections_;
  NetlinkSubscription changes_;
  HostAddresses routes_;  // own, broadcast and gateways, as they were last read
  bool is_stale_ = true;  // they were never read, or could not be
};

}  // namespace alarum::enforcer

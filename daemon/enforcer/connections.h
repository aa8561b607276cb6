#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/enforcer/netlink_dump.h"

#include <set>
#include <utility>
#include <vector>

namespace alarum::enforcer {

/// The sockets of one protocol, TCP or UDP, as sock_diag(7) dumps them, and whom this host called through
/// them. The kernel does not say who opened a connection. One counts as opened by this host when no socket of
/// its address and port, or of its port and every address of its family, waits for others; one whose listener
/// is gone since then counts too, which errs on the side of not blocking. A value.
class Connections {
 public:
  /// Takes in one message of a dump; what is too short says nothing.
  void take(NetlinkMessage message);

  /// The other ends of connections that this host opened.
  std::vector<IpNetwork> opened_here() const;

 private:
  using Place = std::pair<IpAddress, unsigned short>;
  struct Connection {
    Place local;
    IpAddress peer;
  };
  bool is_waited_at(const Place& local) const;

  std::set<Place> waiting_;  // for TCP connections, or for datagrams of anybody
  std::vector<Connection> open_;
};

}  // namespace alarum::enforcer

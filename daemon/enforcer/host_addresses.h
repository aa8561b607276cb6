#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/result.h"

#include <vector>

namespace alarum::enforcer {

/// What this host needs in order to be reached, or lives on: none of it is ever blocked.
struct HostAddresses {
  std::vector<IpNetwork> own;        ///< addresses of its interfaces, and networks routed to itself
  std::vector<IpNetwork> broadcast;  ///< of the networks it is in
  std::vector<IpNetwork> gateways;   ///< next hops of its routes
  std::vector<IpNetwork> peers;      ///< other ends of connections that this host opened itself
  bool has_udp_peers = true;         ///< false where the kernel cannot tell of UDP, so that these are missing
};

/// Where they are read from: the kernel, or a test's list. One thread.
class HostReader {
 public:
  virtual ~HostReader() = default;

  /// Whether they may have changed since they were read last, but for the peers of connections, of which
  /// nothing tells. Costs next to nothing.
  virtual bool has_changed() = 0;
  /// As they are now. After an error they may have changed still.
  virtual Result<HostAddresses> read() = 0;
};

}  // namespace alarum::enforcer

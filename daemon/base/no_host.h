#pragma once

#include "daemon/base/ip_address.h"

#include <string_view>
#include <vector>

namespace alarum {

/// A network whose addresses are no host elsewhere, and what it is called.
struct NoHost {
  std::string_view guard;  ///< the guard that protects it
  IpNetwork network;
};

/// What no host may lose, so that blocking it cannot hit an attacker: RFC 6890 and its registries. One table
/// for all who judge blocks, so that they cannot differ. Any thread.
const std::vector<NoHost>& no_hosts();

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"

#include <sys/types.h>
#include <vector>

namespace alarum {

/// Who is at the other end of a Unix socket, as the kernel says.
struct PeerCredentials {
  uid_t user = 0;
  std::vector<gid_t> groups;  ///< the primary group and the others
};

/// The credentials that the peer of socket `descriptor` had when it connected.
Result<PeerCredentials> peer_credentials(int descriptor);

/// Whether `peer` may ask a daemon that runs as `user` and `group` how it is: root, the same user, and
/// members of the group. The mode of the socket says the same; this still holds when somebody loosens it.
bool may_ask(const PeerCredentials& peer, uid_t user, gid_t group);

}  // namespace alarum

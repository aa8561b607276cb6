#include "daemon/api/peer_credentials.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>

namespace alarum {
namespace {

constexpr std::size_t groups_max = 1024;  // a peer in more of them counts as a member of these

Error failed(const char* what) { return {ErrorCode::io, std::string(what) + ": " + std::strerror(errno)}; }

}  // namespace

Result<PeerCredentials> peer_credentials(int descriptor) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return failed("cannot tell who asks");
  PeerCredentials out{credentials.uid, std::vector<gid_t>(groups_max)};
  size = static_cast<socklen_t>(out.groups.size() * sizeof(gid_t));
  // Without the list the primary group has to do.
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, out.groups.data(), &size) != 0) size = 0;
  out.groups.resize(size / sizeof(gid_t));
  out.groups.push_back(credentials.gid);
  return out;
}

bool may_ask(const PeerCredentials& peer, uid_t user, gid_t group) {
  const bool is_member = std::find(peer.groups.begin(), peer.groups.end(), group) != peer.groups.end();
  return peer.user == 0 || peer.user == user || is_member;
}

}  // namespace alarum

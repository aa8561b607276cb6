#include "daemon/base/peer_credentials.h"

#include "daemon/base/fault.h"
#include "daemon/base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <grp.h>
#include <limits>
#include <pwd.h>
#include <sstream>
#include <sys/socket.h>

namespace alarum {
namespace {

constexpr std::size_t names_bytes_max = 1U << 20U;  // a group's line names its members
constexpr std::size_t names_max = 4096;             // of users that are remembered
constexpr std::size_t groups_max = 1024;            // a peer in more of them counts as a member of these

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

bool may_ask(const PeerCredentials& peer, uid_t user, gid_t group) { return may_change(peer, user, group); }

bool may_change(const PeerCredentials& peer, uid_t user, std::optional<gid_t> analysts) {
  const bool is_member =
      analysts && std::find(peer.groups.begin(), peer.groups.end(), *analysts) != peer.groups.end();
  return peer.user == 0 || peer.user == user || is_member;
}

std::string user_name(uid_t user) {
  std::vector<char> text(names_bytes_max);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user, &entry, text.data(), text.size(), &found) != 0 || found == nullptr)
    return "uid " + std::to_string(user);
  return found->pw_name;
}

Result<gid_t> group_named(const std::string& name) {
  TRY_OK(fault::point("group_lookup"));
  std::vector<char> text(names_bytes_max);
  group entry{};
  group* found = nullptr;
  const int code = getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
  return group_of_answer(name, code, found == nullptr ? std::nullopt : std::optional(found->gr_gid));
}

Result<gid_t> group_of_answer(const std::string& name, int code, std::optional<gid_t> found) {
  if (code != 0)
    return Error{ErrorCode::io, "cannot look up the group '" + name + "': " + std::strerror(code)};
  if (!found) return Error{ErrorCode::not_found, "there is no group '" + name + "'"};
  return *found;
}

const std::string& UserNames::name(uid_t user) {
  if (const auto known = names_.find(user); known != names_.end()) return known->second;
  if (names_.size() >= names_max) names_.clear();
  return names_.emplace(user, user_name(user)).first->second;
}

bool is_identity_map(std::string_view map) {
  // One line, "inside outside count": from 0 to 0, as many as there are.
  std::istringstream words{std::string(map)};
  std::uint64_t inside = 1;
  std::uint64_t outside = 1;
  std::uint64_t count = 0;
  std::string more;
  return words >> inside >> outside >> count && !(words >> more) && inside == 0 && outside == 0 &&
         count >= std::numeric_limits<std::uint32_t>::max();
}

Status check_user_namespace() {
  for (const char* const path : {"/proc/self/uid_map", "/proc/self/gid_map"}) {
    constexpr std::size_t map_bytes_max = 4096;
    const auto map = read_file(path, map_bytes_max);
    if (!map) return Error{ErrorCode::io, map.error().message};
    if (!is_identity_map(*map))
      return Error{ErrorCode::unsupported,
                   std::string("this process is in a user namespace (") + path +
                       "): the kernel does not say there who asks; run it without PrivateUsers="};
  }
  return {};
}

}  // namespace alarum

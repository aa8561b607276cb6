#pragma once

#include "daemon/base/result.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
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

/// Whether `peer` may change something: root, the user that the daemon runs as, and members of `analysts`,
/// where that is a group.
bool may_change(const PeerCredentials& peer, uid_t user, std::optional<gid_t> analysts);

/// The name of a user, for people who read later who did something; `uid 1000` where it has none.
std::string user_name(uid_t user);

/// The same, remembered: a directory service may take long for each question. One thread.
class UserNames {
 public:
  /// The name that the user had when it was first asked for.
  const std::string& name(uid_t user);

 private:
  std::map<uid_t, std::string> names_;
};

/// The group of this name. The error says that there is none (`not_found`), or that nobody can say just now.
Result<gid_t> group_named(const std::string& name);

/// What the C library's answer to the question for a group means: `code` 0 without a group is that there is
/// none. Another code is that it could not be found out, as long as a directory service is not up: `io`.
Result<gid_t> group_of_answer(const std::string& name, int code, std::optional<gid_t> found);

/// Whether a map of `/proc/self/uid_map` or `gid_map` gives each user, or group, its own number.
bool is_identity_map(std::string_view map);

/// Whether the kernel's word for who is at the other end of a socket is that of the host. In a user namespace
/// of its own a process sees most others as one and the same user, `nobody`: `unsupported`. Where it cannot
/// be told, `io`.
Status check_user_namespace();

}  // namespace alarum

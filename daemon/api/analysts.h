#pragma once

#include "daemon/api/control_request.h"
#include "daemon/base/clock.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/base/quiet_line.h"
#include "daemon/base/result.h"

#include <map>
#include <optional>
#include <string>
#include <sys/types.h>

namespace alarum {

/// Who may change something over the control socket: root, the daemon's own user and members of the
/// analysts' group. The control thread.
class Analysts {
 public:
  /// `group` is the group's name, or empty. The error says that there is no such group. `clock` outlives
  /// this.
  static Result<Analysts> named(const std::string& group, Clock& clock);

  /// The refusal of a request to change `what` (`incidents`) by somebody who may not, which is logged;
  /// nothing where they may.
  std::optional<std::string> refuse(const ControlRequest& request, const PeerCredentials& peer,
                                    std::string_view what);

  /// The name of the user, as it was when it was first asked for.
  const std::string& name(uid_t user) { return names_.name(user); }

 private:
  Analysts(std::optional<gid_t> group, Clock& clock) : group_(group), clock_(&clock) {}
  void log_refused(const ControlRequest& request, uid_t user);

  std::optional<gid_t> group_;
  Clock* clock_;
  UserNames names_;
  std::map<uid_t, QuietLine> refused_;  // of users whose changes were refused
};

}  // namespace alarum

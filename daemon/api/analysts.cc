#include "daemon/api/analysts.h"

#include "daemon/base/log.h"

#include <unistd.h>

namespace alarum {

Result<Analysts> Analysts::named(const std::string& group, Clock& clock) {
  std::optional<gid_t> number;
  if (!group.empty()) {
    TRY(number, group_named(group));
  }
  return Analysts(number, clock);
}

std::optional<std::string> Analysts::refuse(const ControlRequest& request, const PeerCredentials& peer,
                                            std::string_view what) {
  if (may_change(peer, geteuid(), group_)) return std::nullopt;
  log_refused(request, peer.user);
  return control_refusal(
      "forbidden",
      "only root, the user of alarumd and members of control.analyst_group may change " + std::string(what));
}

/// Whoever is refused may ask again as often as they like, and must not drown those of others in the log.
void Analysts::log_refused(const ControlRequest& request, uid_t user) {
  constexpr std::size_t users_max = 1024;
  if (refused_.size() >= users_max && !refused_.contains(user)) refused_.clear();
  const auto hidden = refused_[user].admit(clock_->steady());
  if (!hidden) return;
  log::warn("change over the control socket refused", {{"command", request.command()},
                                                       {"who", names_.name(user)},
                                                       {"uid", std::to_string(user)},
                                                       {"hidden_before", std::to_string(*hidden)}});
}

}  // namespace alarum

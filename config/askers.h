#pragma once

#include "config/diagnostic.h"
#include "config/option.h"
#include "config/settings.h"
#include "daemon/base/peer_credentials.h"

#include <span>
#include <sys/types.h>
#include <vector>

namespace alarum {

/// Whose requests a program with a policy of its own hears, besides root's: section `askers` of the policy.
struct Askers {
  std::vector<uid_t> users;
  std::vector<gid_t> groups;

  /// Whether this one is heard.
  bool admit(const PeerCredentials& peer) const;
};

/// The keys of that section.
const Section& askers_options();

/// Whom the section names. Who is unknown to this system is a problem where somebody wrote it; of a default
/// it is left out.
Askers read_askers(const Settings& settings);

/// Whether there are errors, but only names that this system does not know. That may mend by itself: a
/// directory of users comes up with the network, and those who ask for its names before it.
bool only_names_are_unknown(std::span<const Diagnostic> problems);

}  // namespace alarum

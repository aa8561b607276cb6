#pragma once

#include "daemon/enforcer/policy.h"

#include <optional>
#include <string>
#include <vector>

namespace alarum::enforcer {

/// What a policy file came to.
struct PolicyFile {
  std::optional<Policy> policy;         ///< nothing where it is not to be used
  std::vector<std::string> complaints;  ///< what is wrong with it, safe for a terminal; warnings too
  bool may_mend = false;                ///< by itself: only names are unknown
};

/// Reads and checks the policy file at `path`.
PolicyFile load_policy(const std::string& path);

}  // namespace alarum::enforcer

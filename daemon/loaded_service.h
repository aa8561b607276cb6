#pragma once

#include "config/daemon_config.h"
#include "daemon/pipeline/plan.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace alarum {

/// What rules compile to, and how many there are.
struct LoadedPlan {
  std::shared_ptr<const Plan> plan;                   ///< null where it cannot be made
  std::map<std::string, std::size_t> rules_loaded;    ///< by kind
  std::map<std::string, std::size_t> rules_rejected;  ///< by reason
};

/// Everything that a start or a reload reads.
struct LoadedService {
  std::optional<DaemonConfig> config;  ///< nothing where it is broken
  LoadedPlan plan;
  std::string failure;         ///< why it is not to be used; empty otherwise
  bool needs_restart = false;  ///< it differs from the running one in what a reload does not change
};

/// Reads the configuration at `config_path` (empty: the default one) with the environment, and its rules.
/// What is wrong with them is on stderr then, with its place; single rules that are broken are left out.
/// Beside a `running` configuration the plan is compiled for that one's sources, by the new log sources. Any
/// thread.
LoadedService load_service(const std::string& config_path, const DaemonConfig* running);

/// `3,755 rules loaded, 25 rejected (25 placeholder)`.
std::string rules_text(const LoadedPlan& plan);

}  // namespace alarum

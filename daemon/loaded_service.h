#pragma once

#include "config/daemon_config.h"
#include "daemon/pipeline/plan.h"
#include "daemon/respond/response_plan.h"
#include "daemon/sigma/rule_set.h"
#include "responders/responder_kinds.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum {

/// What rules compile to, and how many there are.
struct LoadedPlan {
  std::shared_ptr<const Plan> plan;                   ///< null where it cannot be made
  std::map<std::string, std::size_t> rules_loaded;    ///< by kind
  std::map<std::string, std::size_t> rules_rejected;  ///< by reason
  std::vector<sigma::LeftOut> left_out;               ///< rules and files that are not part of it
};

/// Everything that a start or a reload reads.
struct LoadedService {
  std::optional<DaemonConfig> config;  ///< nothing where it is broken
  LoadedPlan plan;
  std::shared_ptr<const ResponsePlan> response;  ///< null where there is no plan
  std::vector<MadeResponder> responders;         ///< that incidents drive, for a start
  std::string failure;                           ///< why it is not to be used; empty otherwise
  bool is_temporary = false;  ///< the failure may be gone with the next start, though nobody mends anything
  std::string needs_restart;  ///< sections that differ from those in use, and that only a start reads
};

/// What is in use while a reload loads beside it.
struct ServiceInUse {
  DaemonConfig config;                   ///< as at the start, but for what reloads change of its sources
  std::vector<sigma::LeftOut> left_out;  ///< by the last load that was adopted

  /// `loaded` is adopted.
  void take(const LoadedService& loaded);
};

/// Reads the configuration at `config_path` (empty: the default one) with the environment, and its rules.
/// What is wrong with them is on stderr then, with its place. A start (`in_use` is null) leaves out single
/// rules that are broken. A reload fails by any that is not left out already; its plan is compiled for the
/// sources in use, by the new log sources. Any thread. The ports outlive the responders.
LoadedService load_service(const std::string& config_path, const ServiceInUse* in_use,
                           const ResponderPorts& ports);

/// `3,755 rules loaded, 25 rejected (25 placeholder)`.
std::string rules_text(const LoadedPlan& plan);

}  // namespace alarum

#pragma once

#include "config/askers.h"
#include "config/option.h"
#include "config/policy_file.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <string>
#include <vector>

namespace alarum::runner {

/// What `output_size_max` may be at most.
inline constexpr std::size_t output_size_limit = std::size_t{1} << 20;

/// Every option of the policy, in the order of the documentation.
const Section& policy_options();

/// A policy with every option, commented out at its default.
std::string default_policy();

/// Section `limits`: how much is too much.
struct Limits {
  std::size_t running_max = 0;
  std::size_t runs_per_hour_max = 0;
  std::size_t event_size_max = 0;
  std::size_t output_size_max = 0;
  std::size_t remembered_max = 0;
};

/// What root lets one runner do, checked and with defaults filled in.
struct Policy {
  std::vector<std::string> command;      ///< the program's path and its arguments
  std::vector<std::string> environment;  ///< NAME=value
  std::string folder;                    ///< where the script runs
  bool is_once = true;                   ///< an action that was begun is never run again
  Duration timeout{};
  Duration grace{};
  Duration remember{};
  Limits limits;
  Askers askers;
  std::string log_level;
};

/// Reads a policy from its text; `path` is its name in messages. Who may change the program is looked at,
/// too.
LoadedPolicy<Policy> parse_policy(const std::string& path, std::string text);

/// Reads and checks the policy file at `path`.
PolicyFile<Policy> load_policy(const std::string& path);

}  // namespace alarum::runner

#pragma once

#include "config/askers.h"
#include "config/option.h"
#include "config/policy_file.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::enforcer {

/// Where the policy is unless somebody says otherwise.
inline constexpr std::string_view default_policy_path = "/etc/alarum/enforcer.yaml";

/// Every option of the policy, in the order of the documentation.
const Section& policy_options();

/// A policy with every option, commented out at its default.
std::string default_policy();

/// Section `limits`: how much one asker can do at most.
struct Limits {
  Duration duration_default{};
  Duration duration_max{};
  Duration protection_duration_max{};
  unsigned ipv4_prefix_min = 0;
  unsigned ipv6_prefix_min = 0;
  std::size_t blocks_per_minute_max = 0;
  std::size_t blocks_per_hour_max = 0;
  std::size_t blocks_max = 0;
  std::size_t networks_max = 0;
  std::size_t protections_max = 0;
};

/// What root lets the enforcer do, checked and with defaults filled in.
struct Policy {
  std::vector<IpNetwork> never_block;
  std::vector<IpNetwork> administrators;
  std::vector<IpNetwork> nat64_prefixes;
  Limits limits;
  Askers askers;
  Duration leave_alone{};
  Duration reconcile_interval{};
  std::string socket;
  std::string state;
  std::string clock;
  std::string log_level;
};

/// Reads a policy from its text; `path` is its name in messages.
LoadedPolicy<Policy> parse_policy(const std::string& path, std::string text);

/// Reads and checks the policy file at `path`.
PolicyFile<Policy> load_policy(const std::string& path);

}  // namespace alarum::enforcer

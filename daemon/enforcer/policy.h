#pragma once

#include "config/askers.h"
#include "config/diagnostic.h"
#include "config/option.h"
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

/// A policy, and what is wrong with it. With an error among the problems it is not to be used.
struct LoadedPolicy {
  Policy policy;
  std::vector<Diagnostic> problems;

  /// Whether it may be used.
  bool is_sound() const;
  /// Whether nothing is wrong but names that this system does not know, which may be known a moment later: a
  /// directory of users comes up with the network, and the enforcer before it.
  bool may_mend() const;
};

/// Reads a policy from its text; `path` is its name in messages.
LoadedPolicy parse_policy(const std::string& path, std::string text);

}  // namespace alarum::enforcer

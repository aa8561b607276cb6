#pragma once

#include "config/option.h"
#include "config/section_value.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <vector>

namespace alarum {

/// Section `guard_rails`: what keeps actions from hurting whom they are to protect. The enforcer has a policy
/// of its own, which this cannot widen.
struct GuardRailsConfig {
  std::vector<IpNetwork> never_block;
  std::vector<IpNetwork> trusted_proxies;
  unsigned ipv4_prefix_min = 0;
  unsigned ipv6_prefix_min = 0;
  Duration duration_max{};
  std::size_t blocks_per_minute_max = 0;
  std::size_t blocks_per_hour_max = 0;
  std::size_t rule_blocks_per_hour_max = 0;
  std::size_t source_blocks_per_hour_max = 0;
  std::size_t blocks_max = 0;
  std::size_t clients_percent_max = 0;
  Duration canary{};
  Duration leave_alone{};
};

/// The keys of `guard_rails`.
const Section& guard_rails_section();
/// The description of `guard_rails` itself.
Option guard_rails_option();

/// What the settings of `guard_rails` in `root` say.
GuardRailsConfig guard_rails_config(const SectionValue& root);

}  // namespace alarum

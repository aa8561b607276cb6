#include "config/guard_rails_config.h"

#include "config/playbook_config.h"
#include "daemon/base/ensure.h"

#include <chrono>
#include <string>
#include <string_view>

namespace alarum {
namespace {

using Type = Option::Type;

constexpr Duration week = std::chrono::hours(24 * 7);

Option cap(std::string_view name, std::string_view standard, std::int64_t max, std::string_view help) {
  return {.name = name, .type = Type::count, .default_value = {standard}, .min = 0, .max = max, .help = help};
}

std::vector<Option> target_options() {
  return {
      {.name = "never_block",
       .type = Type::network_list,
       .default_value = {},
       .help = "Addresses and networks that are never blocked, for example administrators', partners' and "
               "monitoring's."},
      {.name = "trusted_proxies",
       .type = Type::network_list,
       .default_value = {},
       .help = "Proxies and load balancers, behind whose address many clients are; never blocked either."},
      {.name = "ipv4_prefix_min",
       .type = Type::count,
       .default_value = {"24"},
       .min = 24,
       .max = 32,
       .help = "Wider IPv4 networks are not blocked."},
      {.name = "ipv6_prefix_min",
       .type = Type::count,
       .default_value = {"64"},
       .min = 64,
       .max = 128,
       .help = "Wider IPv6 networks are not blocked."},
      {.name = "duration_max",
       .type = Type::duration,
       .default_value = {"24h"},
       .min = Duration(std::chrono::seconds(1)).count(),
       .max = action_duration_max.count(),
       .help = "No block lasts longer, however often it is repeated."}};
}

std::vector<Option> cap_options() {
  constexpr std::int64_t many = 100'000;
  return {cap("blocks_per_minute_max", "20", many, "More blocks within a minute are refused."),
          cap("blocks_per_hour_max", "200", many,
              "More blocks within an hour are refused, and trip the breaker: nothing acts any more until "
              "somebody says so."),
          cap("rule_blocks_per_hour_max", "100", many, "More blocks of one rule within an hour are refused."),
          cap("source_blocks_per_hour_max", "100", many,
              "More blocks for events of one source within an hour are refused."),
          cap("blocks_max", "1000", many,
              "More targets that are blocked at a time are refused, and trip the breaker."),
          cap("clients_percent_max", "5", 100,
              "More blocks within ten minutes, in percent of the clients that were seen in them, are refused "
              "and trip the breaker. Ten may be blocked in any case. It is not looked at before alarumd has "
              "run for ten minutes.")};
}

std::vector<Option> time_options() {
  return {{.name = "canary",
           .type = Type::duration,
           .default_value = {"24h"},
           .min = 0,
           .max = week.count(),
           .help = "How long a rule that is new, or has changed, is watched before it may act."},
          {.name = "leave_alone",
           .type = Type::duration,
           .default_value = {"24h"},
           .min = 0,
           .max = week.count(),
           .help = "How long who was unblocked by somebody is not blocked again."}};
}

std::vector<IpNetwork> networks_of(const OptionValue& value) {
  std::vector<IpNetwork> out;
  for (const std::string& text : value.texts) {
    const auto network = IpNetwork::parse(text);
    ENSURE(network.has_value(), "a list of networks has been checked");
    out.push_back(*network);
  }
  return out;
}

}  // namespace

const Section& guard_rails_section() {
  static const Section section = [] {
    Section out;
    for (const auto& options : {target_options(), cap_options(), time_options()})
      out.options.insert(out.options.end(), options.begin(), options.end());
    return out;
  }();
  return section;
}

Option guard_rails_option() {
  return {.name = "guard_rails",
          .type = Type::section,
          .section = &guard_rails_section(),
          .help = "What keeps actions from doing harm."};
}

GuardRailsConfig guard_rails_config(const SectionValue& root) {
  const SectionValue& section = root.section_at("guard_rails");
  const auto count_of = [&](std::string_view key) {
    return static_cast<std::size_t>(section.value(key).number);
  };
  GuardRailsConfig out;
  out.never_block = networks_of(section.value("never_block"));
  out.trusted_proxies = networks_of(section.value("trusted_proxies"));
  out.ipv4_prefix_min = static_cast<unsigned>(count_of("ipv4_prefix_min"));
  out.ipv6_prefix_min = static_cast<unsigned>(count_of("ipv6_prefix_min"));
  out.duration_max = Duration(section.value("duration_max").number);
  out.blocks_per_minute_max = count_of("blocks_per_minute_max");
  out.blocks_per_hour_max = count_of("blocks_per_hour_max");
  out.rule_blocks_per_hour_max = count_of("rule_blocks_per_hour_max");
  out.source_blocks_per_hour_max = count_of("source_blocks_per_hour_max");
  out.blocks_max = count_of("blocks_max");
  out.clients_percent_max = count_of("clients_percent_max");
  out.canary = Duration(section.value("canary").number);
  out.leave_alone = Duration(section.value("leave_alone").number);
  return out;
}

}  // namespace alarum

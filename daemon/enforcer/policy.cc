#include "daemon/enforcer/policy.h"

#include "config/log_options.h"
#include "config/option_reference.h"
#include "config/settings.h"
#include "daemon/base/embedded_ipv4.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace alarum::enforcer {
namespace {

using Type = Option::Type;

constexpr std::int64_t microseconds(std::chrono::seconds seconds) { return Duration(seconds).count(); }
constexpr std::int64_t day = microseconds(std::chrono::hours(24));

/// How long, how wide: what one request may ask for.
std::vector<Option> request_limits() {
  return {{.name = "duration_default",
           .type = Type::duration,
           .default_value = {"15m"},
           .min = microseconds(std::chrono::seconds(1)),
           .max = day,
           .help = "How long a block lasts whose request does not say."},
          {.name = "duration_max",
           .type = Type::duration,
           .default_value = {"24h"},
           .min = microseconds(std::chrono::seconds(1)),
           .max = day,
           .help = "A request for longer is refused (guard duration)."},
          {.name = "protection_duration_max",
           .type = Type::duration,
           .default_value = {"7d"},
           .min = microseconds(std::chrono::seconds(1)),
           .max = 30 * day,
           .help = "How far away the end of a protection may be (guard duration)."},
          {.name = "ipv4_prefix_min",
           .type = Type::count,
           .default_value = {"24"},
           .min = 8,
           .max = 32,
           .help = "Wider IPv4 networks are refused (guard prefix)."},
          {.name = "ipv6_prefix_min",
           .type = Type::count,
           .default_value = {"64"},
           .min = 32,
           .max = 128,
           .help = "Wider IPv6 networks are refused (guard prefix)."}};
}

/// How many: what all requests together may amount to.
std::vector<Option> caps() {
  return {{.name = "blocks_per_minute_max",
           .type = Type::count,
           .default_value = {"20"},
           .min = 1,
           .max = 10'000'000,
           .help = "More blocks within a minute are refused (guard cap)."},
          {.name = "blocks_per_hour_max",
           .type = Type::count,
           .default_value = {"200"},
           .min = 1,
           .max = 10'000'000,
           .help = "More blocks within an hour are refused (guard cap)."},
          {.name = "blocks_max",
           .type = Type::count,
           .default_value = {"1000"},
           .min = 1,
           .max = 100'000,
           .help = "More blocks at a time are refused (guard cap)."},
          {.name = "networks_max",
           .type = Type::count,
           .default_value = {"100"},
           .min = 0,
           .max = 1000,
           .help = "More blocks of networks at a time are refused (guard cap)."},
          {.name = "protections_max",
           .type = Type::count,
           .default_value = {"1000"},
           .min = 1,
           .max = 10'000,
           .help = "More protections at a time are refused (guard cap)."}};
}

const Section& limits_section() {
  static const Section section = [] {
    Section out{.options = request_limits()};
    for (const Option& cap : caps()) out.options.push_back(cap);
    return out;
  }();
  return section;
}

/// The settings of a policy, and what only the enforcer can tell is wrong with them.
class PolicyReader {
 public:
  explicit PolicyReader(const Settings& settings) : settings_(settings) {}

  std::vector<IpNetwork> networks(std::string_view path) const {
    std::vector<IpNetwork> out;
    for (const std::string& text : settings_.value(path).texts) {
      const auto network = IpNetwork::parse(text);
      if (network) out.push_back(*network);
      if (!network)
        refuse(path, "'" + text + "' is no address and no network with nothing set behind its prefix");
    }
    return out;
  }

  std::size_t size(std::string_view path) const {
    return static_cast<std::size_t>(settings_.value(path).number);
  }

  Duration duration(std::string_view path) const { return Duration(settings_.value(path).number); }

  void refuse(std::string_view path, const std::string& why) const { settings_.refuse_value(path, why); }

 private:
  const Settings& settings_;
};

Limits read_limits(const PolicyReader& reader) {
  Limits out;
  out.duration_default = reader.duration("limits.duration_default");
  out.duration_max = reader.duration("limits.duration_max");
  out.protection_duration_max = reader.duration("limits.protection_duration_max");
  out.ipv4_prefix_min = static_cast<unsigned>(reader.size("limits.ipv4_prefix_min"));
  out.ipv6_prefix_min = static_cast<unsigned>(reader.size("limits.ipv6_prefix_min"));
  out.blocks_per_minute_max = reader.size("limits.blocks_per_minute_max");
  out.blocks_per_hour_max = reader.size("limits.blocks_per_hour_max");
  out.blocks_max = reader.size("limits.blocks_max");
  out.networks_max = reader.size("limits.networks_max");
  out.protections_max = reader.size("limits.protections_max");
  if (out.duration_default > out.duration_max) {
    const std::string why = "duration_default is longer than duration_max";
    reader.refuse("limits.duration_default", why);
    reader.refuse("limits.duration_max", why);
  }
  return out;
}

Policy policy_of(const Settings& settings) {
  const PolicyReader reader(settings);
  Policy out;
  out.never_block = reader.networks("never_block");
  out.administrators = reader.networks("administrators");
  out.nat64_prefixes = reader.networks("nat64_prefixes");
  if (!std::all_of(out.nat64_prefixes.begin(), out.nat64_prefixes.end(), is_nat64_prefix))
    reader.refuse("nat64_prefixes", "a NAT64 prefix is IPv6 and has 32, 40, 48, 56, 64 or 96 bits");
  out.limits = read_limits(reader);
  out.askers = read_askers(settings);
  out.leave_alone = reader.duration("leave_alone");
  out.reconcile_interval = reader.duration("reconcile_interval");
  out.socket = settings.value("socket").text();
  out.state = settings.value("state").text();
  out.clock = settings.value("clock").text();
  out.log_level = settings.value("log.level").text();
  return out;
}

}  // namespace

const Section& policy_options() {
  static const Section root = {
      .options = {
          {.name = "never_block",
           .type = Type::text_list,
           .help = "Addresses and networks that are never blocked, whoever asks."},
          {.name = "administrators",
           .type = Type::text_list,
           .help = "Where this host is administered from; never blocked either."},
          {.name = "nat64_prefixes",
           .type = Type::text_list,
           .help = "NAT64 prefixes of your own network: what they stand for is judged too."},
          {.name = "limits",
           .type = Type::section,
           .section = &limits_section(),
           .help = "What is too much."},
          {.name = "askers", .type = Type::section, .section = &askers_options(), .help = "Who may ask."},
          {.name = "leave_alone",
           .type = Type::duration,
           .default_value = {"24h"},
           .min = 0,
           .max = 7 * day,
           .help = "How long somebody who was unblocked is not blocked again (guard left_alone)."},
          {.name = "reconcile_interval",
           .type = Type::duration,
           .default_value = {"60s"},
           .min = microseconds(std::chrono::seconds(1)),
           .max = microseconds(std::chrono::hours(1)),
           .help = "How often the kernel's table is compared with what should be in it, and mended."},
          {.name = "socket",
           .type = Type::text,
           .default_value = {"/run/alarum/enforcer.sock"},
           .help = "The Unix socket for requests, unless systemd hands one over. Changes take a restart."},
          {.name = "state",
           .type = Type::text,
           .default_value = {"/var/lib/alarum-enforcer/blocks"},
           .help = "The file of what is blocked until when. Changes take a restart."},
          {.name = "clock",
           .type = Type::text,
           .default_value = {"/run/alarum-enforcer/clock"},
           .help = "A file that a reboot takes away, by which a restart tells that the clock was set "
                   "meanwhile. Changes take a restart."},
          {.name = "log", .type = Type::section, .section = &log_options(), .help = "The log."},
      }};
  return root;
}

std::string default_policy() {
  return default_file(
      policy_options(),
      "# The enforcer's policy: whom it never blocks, how much it does, who may ask. Every option is\n"
      "# here, commented out, at its default. Root alone may write this file; see enforcer.md.\n");
}

LoadedPolicy<Policy> parse_policy(const std::string& path, std::string text) {
  Settings settings(policy_options());
  settings.read_file({path, std::move(text)});
  settings.check();
  LoadedPolicy<Policy> out;
  out.policy = policy_of(settings);
  out.problems = settings.problems();
  return out;
}

PolicyFile<Policy> load_policy(const std::string& path) { return load_policy_file(path, &parse_policy); }

}  // namespace alarum::enforcer

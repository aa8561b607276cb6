#include "daemon/respond/guard_rails.h"

#include "config/quantity.h"
#include "daemon/base/no_host.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

constexpr std::string_view breaker_guard = "breaker";
constexpr std::string_view canary_guard = "canary";
/// So many clients may be blocked, however few there are: else a small site could block nobody.
constexpr std::uint64_t clients_blocked_free = 10;

GuardRefusal protected_by(std::string_view guard, const IpNetwork& entry) {
  return {guard, entry.to_text(), "the target shares an address with this entry"};
}

std::optional<GuardRefusal> find_in(const std::vector<IpNetwork>& entries, std::string_view guard,
                                    const IpNetwork& network) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const IpNetwork& entry) { return entry.overlaps(network); });
  return found == entries.end() ? std::nullopt : std::optional(protected_by(guard, *found));
}

/// An entry ends the moment that its time is reached.
std::optional<GuardRefusal> find_in(const std::vector<Exemption>& entries, std::string_view guard,
                                    const IpNetwork& network, Timestamp now) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Exemption& entry) {
    return now < entry.until && entry.network.overlaps(network);
  });
  if (found == entries.end()) return std::nullopt;
  GuardRefusal out = protected_by(guard, found->network);
  out.why += ", until " + format_time(found->until);
  return out;
}

std::optional<GuardRefusal> find_fixed(const IpNetwork& network) {
  for (const NoHost& fixed : no_hosts()) {
    if (fixed.network.overlaps(network)) return protected_by(fixed.guard, fixed.network);
  }
  return std::nullopt;
}

/// Judges the target, then what it stands for.
template <class Refuse>
std::optional<GuardRefusal> refuse_forms(const BlockProposal& proposal, const Refuse& refuse) {
  if (auto refusal = refuse(proposal.target)) return refusal;
  for (const IpNetwork& form : proposal.stands_for) {
    if (auto refusal = refuse(form)) return refusal;
  }
  return std::nullopt;
}

/// A cap: how many there would be, and how many there may be.
struct Cap {
  std::string_view name;
  std::uint64_t count;
  std::uint64_t max;
};

constexpr std::string_view hour_cap = "blocks_per_hour_max";
constexpr std::string_view active_cap = "blocks_max";
constexpr std::string_view clients_cap = "clients_percent_max";
/// Beyond them something is wrong as a whole: with a rule, with a source, or with who is being blocked.
constexpr std::array<std::string_view, 3> tripping_caps = {hour_cap, active_cap, clients_cap};

GuardRefusal cap_reached(std::string_view name, std::uint64_t max) {
  return {cap_guard, std::string(name) + ":" + std::to_string(max), "the cap is reached"};
}

std::uint64_t percent_of(std::uint64_t count, std::uint64_t percent) {
  constexpr std::uint64_t whole = 100;
  return count / whole * percent + count % whole * percent / whole;
}

/// Whom a block keeps off is seen no more, so only those of the same time are compared. Of a network nobody
/// knows how many clients are in it: it counts as one.
std::optional<GuardRefusal> refuse_share(const BlockCounters& counters, std::size_t percent_max) {
  // All of them may be blocked: then it does not matter how many were seen, which is an estimate.
  if (counters.is_blocked || !counters.clients || percent_max >= 100) return std::nullopt;
  const std::uint64_t max = std::max(clients_blocked_free, percent_of(*counters.clients, percent_max));
  if (counters.clients_blocked + 1 <= max) return std::nullopt;
  return cap_reached(clients_cap, percent_max);
}

}  // namespace

std::string refusal_text(const GuardRefusal& refusal) {
  return "guard " + std::string(refusal.guard) + (refusal.entry.empty() ? "" : " " + refusal.entry) + ": " +
         refusal.why;
}

std::optional<GuardRefusal> refuse_block(const BlockProposal& proposal, const GuardFacts& facts) {
  if (auto refusal = refuse_prefix(proposal.target, facts.config)) return refusal;
  if (auto refusal = refuse_duration(proposal.lasts, facts.config.duration_max)) return refusal;
  if (auto refusal = refuse_protected(proposal, facts.config, facts.exemptions, facts.now)) return refusal;
  if (auto refusal = refuse_left_alone(proposal, facts.exemptions, facts.now)) return refusal;
  if (auto refusal = refuse_tripped(facts.breaker)) return refusal;
  return refuse_canary(facts.rule_since, facts.config.canary, facts.now);
}

bool means_shadow(const GuardRefusal& refusal) {
  return refusal.guard == breaker_guard || refusal.guard == canary_guard;
}

std::optional<GuardRefusal> refuse_tripped(const Breaker& breaker) {
  if (!breaker.is_tripped()) return std::nullopt;
  const GuardRefusal& cause = *breaker.tripped_by;
  return GuardRefusal{breaker_guard, cause.entry,
                      "tripped at " + format_time(breaker.tripped_at) + " by guard " +
                          std::string(cause.guard) + "; somebody has to look"};
}

std::optional<GuardRefusal> refuse_canary(std::optional<Timestamp> rule_since, Duration canary,
                                          Timestamp now) {
  const Timestamp until{rule_since.value_or(now).microseconds + canary.count()};
  if (now >= until) return std::nullopt;
  return GuardRefusal{canary_guard, format_time(until),
                      "the rule is new or has changed, and is watched until then"};
}

std::optional<GuardRefusal> refuse_prefix(const IpNetwork& target, const GuardRailsConfig& config) {
  const unsigned bits = target.prefix_bits() - (target.is_ipv4() ? ipv4_prefix_shift : 0);
  const unsigned min = target.is_ipv4() ? config.ipv4_prefix_min : config.ipv6_prefix_min;
  if (bits >= min) return std::nullopt;
  return GuardRefusal{"prefix", "/" + std::to_string(min), "the network is wider"};
}

std::optional<GuardRefusal> refuse_duration(std::optional<Duration> lasts, Duration max) {
  if (!lasts) return GuardRefusal{"duration", "", "nothing is blocked without an end"};
  if (*lasts <= Duration(0)) return GuardRefusal{"duration", "0s", "that time is over"};
  if (*lasts <= max) return std::nullopt;
  return GuardRefusal{"duration", duration_text(max.count()), "that is longer than a block may last"};
}

std::optional<GuardRefusal> refuse_protected(const BlockProposal& proposal, const GuardRailsConfig& config,
                                             const Exemptions& exemptions, Timestamp now) {
  return refuse_forms(proposal, [&](const IpNetwork& form) -> std::optional<GuardRefusal> {
    if (auto refusal = find_fixed(form)) return refusal;
    if (auto refusal = find_in(config.trusted_proxies, "trusted_proxy", form)) return refusal;
    if (auto refusal = find_in(config.never_block, "never_block", form)) return refusal;
    return find_in(exemptions.allowed, "protected", form, now);
  });
}

std::optional<GuardRefusal> refuse_left_alone(const BlockProposal& proposal, const Exemptions& exemptions,
                                              Timestamp now) {
  return refuse_forms(proposal, [&](const IpNetwork& form) {
    return find_in(exemptions.left_alone, "left_alone", form, now);
  });
}

std::optional<GuardRefusal> refuse_caps(const BlockCounters& counters, const GuardRailsConfig& config) {
  // What is blocked already becomes no more by it, even where a cap was made smaller meanwhile.
  const std::uint64_t active = counters.is_blocked ? 0 : counters.active + 1;
  if (auto refusal = refuse_share(counters, config.clients_percent_max)) return refusal;
  // Those that trip the breaker come first: the others must not hide them.
  const std::array<Cap, 5> caps = {
      {{active_cap, active, config.blocks_max},
       {hour_cap, counters.within_hour + 1, config.blocks_per_hour_max},
       {"blocks_per_minute_max", counters.within_minute + 1, config.blocks_per_minute_max},
       {"rule_blocks_per_hour_max", counters.rule_within_hour + 1, config.rule_blocks_per_hour_max},
       {"source_blocks_per_hour_max", counters.source_within_hour + 1, config.source_blocks_per_hour_max}}};
  for (const Cap& cap : caps) {
    if (cap.count > cap.max) return cap_reached(cap.name, cap.max);
  }
  return std::nullopt;
}

Breaker after_refusal(const Breaker& before, const GuardRefusal& refusal, Timestamp now) {
  if (before.is_tripped() || refusal.guard != cap_guard) return before;
  const std::string_view cap = std::string_view(refusal.entry).substr(0, refusal.entry.find(':'));
  if (std::find(tripping_caps.begin(), tripping_caps.end(), cap) == tripping_caps.end()) return before;
  return {refusal, now};
}

}  // namespace alarum

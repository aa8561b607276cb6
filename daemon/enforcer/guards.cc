#include "daemon/enforcer/guards.h"

#include "config/quantity.h"

#include <array>
#include <chrono>
#include <string>

namespace alarum::enforcer {
namespace {

Refusal protected_refusal(const Protection& protection) {
  return {protection.guard, protection.entry.to_text(), "the target shares an address with this entry"};
}

std::optional<Refusal> refuse_duration(Duration duration, Duration max) {
  if (duration <= max) return std::nullopt;
  return Refusal{"duration", duration_text(max.count()), "that is longer than the policy allows"};
}

/// A cap: what is counted, and how many there may be.
struct Cap {
  std::string_view name;
  std::size_t count;
  std::size_t max;
};

template <std::size_t Size>
std::optional<Refusal> refuse_caps(const std::array<Cap, Size>& caps) {
  for (const Cap& cap : caps) {
    if (cap.count >= cap.max)
      return Refusal{"cap", std::string(cap.name) + ":" + std::to_string(cap.max), "the cap is reached"};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_more(const IpNetwork& target, const Actions& actions, const Limits& limits,
                                   Timestamp now) {
  const auto made_within = [&](std::chrono::seconds time) {
    return actions.made_after({now.microseconds - Duration(time).count()});
  };
  const bool is_new = !actions.expires(target).has_value();
  const bool is_new_network = is_new && !target.is_single();
  // What is blocked already adds nothing to what is counted at a time.
  return refuse_caps(std::array<Cap, 5>{
      {{"blocks_per_minute_max", made_within(std::chrono::minutes(1)), limits.blocks_per_minute_max},
       {"blocks_per_hour_max", made_within(std::chrono::hours(1)), limits.blocks_per_hour_max},
       {"actions_active_max", actions.active_count(), actions_active_max},
       {"blocks_max", is_new ? actions.target_count() : 0, limits.blocks_max},
       {"networks_max", is_new_network ? actions.network_count() : 0,
        is_new_network ? limits.networks_max : 1}}});
}

}  // namespace

std::optional<Refusal> refuse_prefix(const IpNetwork& target, const Limits& limits) {
  const unsigned bits = target.prefix_bits() - (target.is_ipv4() ? ipv4_prefix_shift : 0);
  const unsigned min = target.is_ipv4() ? limits.ipv4_prefix_min : limits.ipv6_prefix_min;
  if (bits >= min) return std::nullopt;
  return Refusal{"prefix", "/" + std::to_string(min), "the network is wider than the policy allows"};
}

std::optional<Refusal> refuse_block(const Request& request, Duration duration, const EnforcerState& state,
                                    const Limits& limits, Timestamp now) {
  const IpNetwork& target = *request.target;
  if (!state.is_armed)
    return Refusal{"disarmed", "", "somebody said panic, or asked for far too much; root says arm"};
  if (auto refusal = refuse_prefix(target, limits)) return refusal;
  if (auto refusal = refuse_duration(duration, limits.duration_max)) return refusal;
  if (const auto protection = state.never_block.find(target)) return protected_refusal(*protection);
  if (const auto other = state.actions.other_network_on(target))
    return Refusal{"overlap", other->to_text(), "another network that is blocked shares addresses with it"};
  return refuse_more(target, state.actions, limits, now);
}

std::optional<Refusal> refuse_protect(const Request& request, const EnforcerState& state,
                                      const Limits& limits, Timestamp wall, bool is_root) {
  if (auto refusal = is_root ? std::nullopt : refuse_prefix(*request.target, limits)) return refusal;
  const Duration duration(request.until->microseconds - wall.microseconds);
  if (duration <= Duration(0)) return Refusal{"duration", "0s", "that time is over"};
  if (auto refusal = refuse_duration(duration, limits.protection_duration_max)) return refusal;
  if (state.never_block.added_until(*request.target)) return std::nullopt;
  return refuse_caps(
      std::array<Cap, 1>{{{"protections_max", state.never_block.added_count(), limits.protections_max}}});
}

std::vector<Revocation> find_revoked(const EnforcerState& state, const Limits& limits, Timestamp now) {
  std::vector<Revocation> out;
  for (const auto& [target, ids] : state.actions.targets()) {
    auto refusal = refuse_prefix(target, limits);
    if (const auto protection = refusal ? std::nullopt : state.never_block.find_revoking(target))
      refusal = protected_refusal(*protection);
    if (refusal) {
      out.push_back({target, {ids.begin(), ids.end()}, *std::move(refusal)});
      continue;
    }
    for (const std::string& id : ids) {
      const Duration left(state.actions.find(id)->expires.microseconds - now.microseconds);
      if (auto too_long = refuse_duration(left, limits.duration_max))
        out.push_back({target, {id}, *std::move(too_long)});
    }
  }
  return out;
}

std::vector<Revocation> find_revoked_by(const IpNetwork& entry, const EnforcerState& state) {
  std::vector<Revocation> out;
  for (const auto& [target, ids] : state.actions.targets()) {
    if (!state.never_block.meets(target, entry)) continue;
    if (const auto protection = state.never_block.find_revoking(target))
      out.push_back({target, {ids.begin(), ids.end()}, protected_refusal(*protection)});
  }
  return out;
}

}  // namespace alarum::enforcer

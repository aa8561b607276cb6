#pragma once

#include "config/guard_rails_config.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What keeps blocks from hurting whom they are to protect: pure functions over a proposal and plain figures,
/// each of which says which guard refuses, and by which of its entries. The enforcer judges again, by a
/// policy of its own. docs/reference/playbooks.md lists the guards.
namespace alarum {

/// The guard of too much at a time, the only one that trips the breaker.
inline constexpr std::string_view cap_guard = "cap";

/// Why something is not done.
struct GuardRefusal {
  std::string_view guard;  ///< a literal: metrics count by it
  std::string entry;       ///< that decided: a network, `blocks_max:1000`, a time; may be empty
  std::string why;         ///< for people

  friend bool operator==(const GuardRefusal&, const GuardRefusal&) = default;
};

/// The refusal in one line: `guard cap blocks_max:9: the cap is reached`.
std::string refusal_text(const GuardRefusal& refusal);

/// A block that somebody wants.
struct BlockProposal {
  IpNetwork target;
  std::vector<IpNetwork> stands_for = {};  ///< IPv4 networks inside of an IPv6 target: judged as it is
  std::optional<Duration> lasts = {};      ///< nothing is blocked without an end
};

/// A network that is not blocked until then.
struct Exemption {
  IpNetwork network;
  Timestamp until;
};

/// What is not blocked for a time.
struct Exemptions {
  std::vector<Exemption> allowed;     ///< people said so, or we are connected to it: brokers, servers
  std::vector<Exemption> left_alone;  ///< people have unblocked it
};

/// How far back clients are counted, and the blocks that are compared with them.
inline constexpr Duration clients_window = std::chrono::minutes(10);

/// Blocks and clients, as they are counted before the proposal. Blocks count from when they are decided on.
struct BlockCounters {
  std::uint64_t within_minute = 0;
  std::uint64_t within_hour = 0;
  std::uint64_t rule_within_hour = 0;    ///< of the alert's rule
  std::uint64_t source_within_hour = 0;  ///< of the source of its events
  std::uint64_t active = 0;              ///< targets that are blocked now
  std::optional<std::uint64_t> clients;  ///< that were seen within `clients_window`; nothing: not known yet
  std::uint64_t clients_blocked = 0;     ///< targets whose block, which lasts, began within it
  bool is_blocked = false;               ///< the target is already: it becomes no more
};

/// Once it is tripped, nothing acts until somebody has looked.
struct Breaker {
  std::optional<GuardRefusal> tripped_by;
  Timestamp tripped_at;

  /// Whether everything is in shadow.
  bool is_tripped() const { return tripped_by.has_value(); }
};

/// What a block is judged by, before anything is counted. All of it outlives the call.
struct GuardFacts {
  const GuardRailsConfig& config;
  const Exemptions& exemptions;
  const Breaker& breaker;
  std::optional<Timestamp>
      rule_since;  ///< when this revision of the rule was first loaded; unknown: just now
  Timestamp now;
};

/// The first guard that refuses the block, in the order of the functions below; nothing where none does. The
/// caps, which come last, are not looked at: what is refused anyway need not be counted.
std::optional<GuardRefusal> refuse_block(const BlockProposal& proposal, const GuardFacts& facts);

/// Whether the refusal only means that the action is written down and not done, as in the mode `shadow`:
/// guards `breaker` and `canary`. Any other one means that it must not be done at all.
bool means_shadow(const GuardRefusal& refusal);

/// Guard `prefix`: networks that are too wide.
std::optional<GuardRefusal> refuse_prefix(const IpNetwork& target, const GuardRailsConfig& config);
/// Guard `duration`: no end, one that is over at once, or too far away.
std::optional<GuardRefusal> refuse_duration(std::optional<Duration> lasts, Duration max);
/// Guards `loopback`, `unspecified`, `link_local`, `multicast`, `broadcast`, `trusted_proxy`, `never_block`
/// and `protected`: who is never blocked, and whose blocks are taken back. A target shares that if it shares
/// one address with an entry, or if what it stands for does. Of a block that is there its end is no matter.
std::optional<GuardRefusal> refuse_protected(const BlockProposal& proposal, const GuardRailsConfig& config,
                                             const Exemptions& exemptions, Timestamp now);
/// Guard `left_alone`: who was unblocked. It takes back no block: one address that is let go out of a network
/// does not free that.
std::optional<GuardRefusal> refuse_left_alone(const BlockProposal& proposal, const Exemptions& exemptions,
                                              Timestamp now);
/// Guard `breaker`.
std::optional<GuardRefusal> refuse_tripped(const Breaker& breaker);
/// Guard `canary`: rules that are new, or have changed, are watched first. Acting responders that block
/// nothing ask for it, too.
std::optional<GuardRefusal> refuse_canary(std::optional<Timestamp> rule_since, Duration canary,
                                          Timestamp now);
/// Guard `cap`: too much at a time, whoever is right.
std::optional<GuardRefusal> refuse_caps(const BlockCounters& counters, const GuardRailsConfig& config);

/// The breaker after a refusal: where that says that something is wrong as a whole (more blocks in an hour,
/// at a time or among clients than there may be) it trips. A tripped one stays as it is.
Breaker after_refusal(const Breaker& before, const GuardRefusal& refusal, Timestamp now);

}  // namespace alarum

#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alarum::enforcer {

/// One block that was asked for. Several may hold the same target; it is blocked until the last one ends.
struct Action {
  std::string id = {};
  IpNetwork target = {};
  Timestamp made = {};
  Timestamp expires = {};
  bool is_ended = false;  ///< before its time: taken back, revoked, or its time is over

  friend bool operator==(const Action&, const Action&) = default;
};

/// How long an ended action is remembered, so that its id means the same when it is sent again.
inline constexpr std::chrono::hours action_memory{24};
/// No more are remembered; the oldest that ended are forgotten first. A cap above it counts these only.
inline constexpr std::size_t actions_max = 300'000;
/// No more are in force, so that those that ended lately are remembered in any case, and with them the caps.
inline constexpr std::size_t actions_active_max = 150'000;

/// The actions in force and those that ended lately, by id, and what they amount to for each target. One
/// thread.
class Actions {
 public:
  /// Adds one, whose id is not known yet.
  void add(const Action& action);
  /// Ends one that is in force; its target stays blocked if another action holds it.
  void end(const std::string& id);
  /// Takes one away as if it had never been, for what did not reach the kernel.
  void forget(const std::string& id);
  /// Ends those whose time is over and forgets those that ended long ago.
  void expire(Timestamp now);
  /// Moves everything in time, when the clock was set.
  void shift(Duration by);

  /// The action of this id; null where none is remembered.
  const Action* find(const std::string& id) const;
  /// The actions in force on exactly this target.
  std::vector<std::string> active_on(const IpNetwork& target) const;
  /// Until when a target is blocked; nothing where it is not.
  std::optional<Timestamp> expires(const IpNetwork& target) const;
  /// A blocked network, of more than one address, that meets `network` and is not it.
  std::optional<IpNetwork> other_network_on(const IpNetwork& network) const;
  /// A blocked network that `target` is a part of, and not all.
  std::optional<IpNetwork> network_around(const IpNetwork& target) const;
  /// Every blocked target, in order, with the ids of its actions.
  const std::map<IpNetwork, std::set<std::string>>& targets() const { return by_target_; }
  /// Every action that is remembered, by id.
  const std::map<std::string, Action>& all() const { return by_id_; }

  /// How many targets are blocked, and how many of them are networks.
  std::size_t target_count() const { return by_target_.size(); }
  std::size_t network_count() const { return network_count_; }
  /// How many actions are in force; more than targets, where several hold one.
  std::size_t active_count() const { return active_.size(); }
  /// How many actions were made after `since`, in force or not.
  std::size_t made_after(Timestamp since) const;

 private:
  using Expiries = std::set<std::pair<Timestamp, std::string>>;  // with the ids

  void take_from_target(const Action& action);
  void remove(std::map<std::string, Action>::iterator place);

  std::map<std::string, Action> by_id_;
  std::map<IpNetwork, std::set<std::string>> by_target_;  // in force only
  std::deque<Timestamp> made_;                            // of all that are remembered, in order
  Expiries active_;  // apart from those that ended: of these there may be very many, and each request asks
  Expiries ended_;   // what is over
  std::size_t network_count_ = 0;
};

}  // namespace alarum::enforcer

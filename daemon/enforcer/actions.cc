#include "daemon/enforcer/actions.h"

#include "daemon/base/ensure.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace alarum::enforcer {
namespace {

/// The same order, later; no node is made anew.
template <class Expiries>
Expiries moved(Expiries expiries, Duration by) {
  Expiries out;
  while (!expiries.empty()) {
    auto expiry = expiries.extract(expiries.begin());
    expiry.value().first.microseconds += by.count();
    out.insert(out.end(), std::move(expiry));
  }
  return out;
}

}  // namespace

void Actions::add(const Action& action) {
  const bool is_new = by_id_.emplace(action.id, action).second;
  ENSURE(is_new, "the id of an action that is added is new");
  // Nearly always behind all others; a number for each minute would be less exact, a tree cannot count.
  made_.insert(std::upper_bound(made_.begin(), made_.end(), action.made), action.made);
  (action.is_ended ? ended_ : active_).emplace(action.expires, action.id);
  if (!action.is_ended) {
    auto& ids = by_target_[action.target];
    if (ids.empty() && !action.target.is_single()) ++network_count_;
    ids.insert(action.id);
  }
  if (by_id_.size() > actions_max && !ended_.empty()) forget(std::string(ended_.begin()->second));
}

void Actions::end(const std::string& id) {
  const auto found = by_id_.find(id);
  ENSURE(found != by_id_.end() && !found->second.is_ended, "an action that is ended is in force");
  take_from_target(found->second);
  found->second.is_ended = true;
  ended_.insert(active_.extract({found->second.expires, id}));
}

void Actions::forget(const std::string& id) {
  const auto found = by_id_.find(id);
  ENSURE(found != by_id_.end(), "an action that is forgotten is known");
  if (!found->second.is_ended) take_from_target(found->second);
  remove(found);
}

void Actions::expire(Timestamp now) {
  while (!active_.empty() && active_.begin()->first <= now) end(std::string(active_.begin()->second));
  const Timestamp old{now.microseconds - Duration(action_memory).count()};
  while (!ended_.empty() && ended_.begin()->first <= old) forget(std::string(ended_.begin()->second));
}

/// Nothing changes its place in any order.
void Actions::shift(Duration by) {
  for (auto& [id, action] : by_id_) {
    action.made.microseconds += by.count();
    action.expires.microseconds += by.count();
  }
  for (Timestamp& made : made_) made.microseconds += by.count();
  active_ = moved(std::move(active_), by);
  ended_ = moved(std::move(ended_), by);
}

const Action* Actions::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

std::vector<std::string> Actions::active_on(const IpNetwork& target) const {
  const auto found = by_target_.find(target);
  if (found == by_target_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::optional<Timestamp> Actions::expires(const IpNetwork& target) const {
  std::optional<Timestamp> out;
  for (const std::string& id : active_on(target)) out = std::max(out, std::optional(by_id_.at(id).expires));
  return out;
}

std::optional<IpNetwork> Actions::other_network_on(const IpNetwork& network) const {
  if (network.is_single()) return std::nullopt;  // single addresses lie in sets of their own
  const auto found = std::find_if(by_target_.begin(), by_target_.end(), [&](const auto& entry) {
    return !entry.first.is_single() && entry.first != network && entry.first.overlaps(network);
  });
  return found == by_target_.end() ? std::nullopt : std::optional(found->first);
}

std::optional<IpNetwork> Actions::network_around(const IpNetwork& target) const {
  const auto found = std::find_if(by_target_.begin(), by_target_.end(), [&](const auto& entry) {
    return entry.first != target && entry.first.contains(target);
  });
  return found == by_target_.end() ? std::nullopt : std::optional(found->first);
}

std::size_t Actions::made_after(Timestamp since) const {
  return static_cast<std::size_t>(
      std::distance(std::upper_bound(made_.begin(), made_.end(), since), made_.end()));
}

void Actions::take_from_target(const Action& action) {
  const auto found = by_target_.find(action.target);
  found->second.erase(action.id);
  if (!found->second.empty()) return;
  if (!action.target.is_single()) --network_count_;
  by_target_.erase(found);
}

void Actions::remove(std::map<std::string, Action>::iterator place) {
  made_.erase(std::lower_bound(made_.begin(), made_.end(), place->second.made));
  (place->second.is_ended ? ended_ : active_).erase({place->second.expires, place->first});
  by_id_.erase(place);
}

}  // namespace alarum::enforcer

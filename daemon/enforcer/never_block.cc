#include "daemon/enforcer/never_block.h"

#include "daemon/base/embedded_ipv4.h"
#include "daemon/base/no_host.h"

#include <algorithm>

namespace alarum::enforcer {
namespace {

void append(std::vector<Protection>& into, std::string_view guard, const std::vector<IpNetwork>& networks) {
  for (const IpNetwork& network : networks) into.push_back({guard, network});
}

std::optional<Protection> find_in(const std::vector<Protection>& entries, const IpNetwork& network) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Protection& protection) {
    return protection.entry.overlaps(network);
  });
  return found == entries.end() ? std::nullopt : std::optional(*found);
}

/// The entry of a map of networks that shares an address with this one.
std::optional<Protection> find_in(const std::map<IpNetwork, Timestamp>& entries, std::string_view guard,
                                  const IpNetwork& network) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const auto& entry) { return entry.first.overlaps(network); });
  return found == entries.end() ? std::nullopt : std::optional(Protection{guard, found->first});
}

/// Looks up the network, then the IPv4 addresses that it stands for.
template <class Find>
std::optional<Protection> find_forms(const IpNetwork& network, const std::vector<IpNetwork>& nat64_prefixes,
                                     const Find& find) {
  if (const auto found = find(network)) return found;
  for (const IpNetwork& form : embedded_ipv4(network, nat64_prefixes)) {
    if (const auto found = find(form)) return found;
  }
  return std::nullopt;
}

void lengthen(std::map<IpNetwork, Timestamp>& entries, const TimedProtection& entry) {
  Timestamp& until = entries[entry.network];
  until = std::max(until, entry.until);
}

/// Whether an entry lasted beyond `max`.
bool cut(std::map<IpNetwork, Timestamp>& entries, Timestamp max) {
  bool out = false;
  for (auto& [network, until] : entries) {
    out = out || until > max;
    until = std::min(until, max);
  }
  return out;
}

void forget_ended(std::map<IpNetwork, Timestamp>& entries, Timestamp now) {
  std::erase_if(entries, [&](const auto& entry) { return entry.second <= now; });
}

std::vector<TimedProtection> list_of(const std::map<IpNetwork, Timestamp>& entries) {
  std::vector<TimedProtection> out;
  out.reserve(entries.size());
  for (const auto& [network, until] : entries) out.push_back({network, until});
  return out;
}

/// Far more than the caps let anybody unblock in a day.
constexpr std::size_t left_alone_count_max = 100'000;

}  // namespace

NeverBlock::NeverBlock() {
  for (const NoHost& fixed : no_hosts()) fixed_.push_back({fixed.guard, fixed.network});
}

void NeverBlock::set_policy(const std::vector<IpNetwork>& never_block,
                            const std::vector<IpNetwork>& administrators,
                            const std::vector<IpNetwork>& nat64_prefixes) {
  nat64_prefixes_ = nat64_prefixes;
  policy_.clear();
  append(policy_, "administrators", administrators);
  append(policy_, "never_block", never_block);
}

void NeverBlock::set_host(const HostAddresses& host) {
  host_.clear();
  append(host_, "own_address", host.own);
  append(host_, "broadcast", host.broadcast);
  append(host_, "gateway", host.gateways);
  peers_.clear();
  append(peers_, "peer", host.peers);
}

void NeverBlock::add(const TimedProtection& entry) { lengthen(added_, entry); }

void NeverBlock::leave_alone(const TimedProtection& entry) {
  lengthen(left_alone_, entry);
  if (left_alone_.size() <= left_alone_count_max) return;
  left_alone_.erase(std::min_element(left_alone_.begin(), left_alone_.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; }));
}

void NeverBlock::remove(const IpNetwork& network) {
  added_.erase(network);
  left_alone_.erase(network);
}

void NeverBlock::shift(Duration by) {
  for (auto* const entries : {&added_, &left_alone_}) {
    for (auto& [network, until] : *entries) until.microseconds += by.count();
  }
}

bool NeverBlock::shorten(Timestamp added_max, Timestamp left_alone_max) {
  const bool is_added = cut(added_, added_max);
  const bool is_left_alone = cut(left_alone_, left_alone_max);
  return is_added || is_left_alone;
}

void NeverBlock::expire(Timestamp now) {
  forget_ended(added_, now);
  forget_ended(left_alone_, now);
}

std::optional<Protection> NeverBlock::find(const IpNetwork& network) const {
  if (const auto found = find_revoking(network)) return found;
  return find_forms(network, nat64_prefixes_, [&](const IpNetwork& form) {
    const auto found = find_in(peers_, form);
    return found ? found : find_in(left_alone_, "left_alone", form);
  });
}

std::optional<Protection> NeverBlock::find_revoking(const IpNetwork& network) const {
  return find_forms(network, nat64_prefixes_, [&](const IpNetwork& form) { return find_lasting(form); });
}

bool NeverBlock::meets(const IpNetwork& target, const IpNetwork& network) const {
  const auto find = [&](const IpNetwork& form) {
    return form.overlaps(network) ? std::optional(Protection{{}, network}) : std::nullopt;
  };
  return find_forms(target, nat64_prefixes_, find).has_value();
}

std::optional<Protection> NeverBlock::find_lasting(const IpNetwork& network) const {
  for (const auto* const entries : {&fixed_, &policy_, &host_}) {
    if (const auto found = find_in(*entries, network)) return found;
  }
  return find_in(added_, "protected", network);
}

std::vector<TimedProtection> NeverBlock::added() const { return list_of(added_); }

std::vector<TimedProtection> NeverBlock::left_alone() const { return list_of(left_alone_); }

std::optional<Timestamp> NeverBlock::added_until(const IpNetwork& network) const {
  const auto found = added_.find(network);
  return found == added_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace alarum::enforcer

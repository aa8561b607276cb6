#include "daemon/base/connected_peers.h"

#include "daemon/base/no_host.h"

#include <algorithm>

namespace alarum {
namespace {

bool is_protected_anyway(const IpAddress& address) {
  const std::vector<NoHost>& fixed = no_hosts();
  return std::any_of(fixed.begin(), fixed.end(),
                     [&](const NoHost& one) { return one.network.contains(address); });
}

/// The next word of the line, which begins behind it then.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const std::string_view out = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(out.size());
  return out;
}

}  // namespace

void ConnectedPeers::note(const IpAddress& peer) {
  const std::lock_guard lock(mutex_);
  remember(peer, clock_.wall());
}

void ConnectedPeers::open(int descriptor, const IpAddress& peer) {
  const std::lock_guard lock(mutex_);
  remember(peer, clock_.wall());
  if (open_.size() < peers_max || open_.contains(descriptor)) open_[descriptor] = peer;
}

void ConnectedPeers::close(int descriptor) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(descriptor);
  if (found == open_.end()) return;
  remember(found->second, clock_.wall());
  open_.erase(found);
}

std::vector<ConnectedPeers::Peer> ConnectedPeers::recent() {
  const std::lock_guard lock(mutex_);
  const Timestamp now = clock_.wall();
  for (const auto& [descriptor, peer] : open_) remember(peer, now);
  std::vector<Peer> out;
  for (const auto& [address, seen] : seen_) {
    if (now.microseconds - seen.microseconds < remembered.count()) out.push_back({address, seen});
  }
  return out;
}

void ConnectedPeers::remember(const IpAddress& peer, Timestamp now) {
  if (is_protected_anyway(peer)) return;
  seen_[peer] = now;
  if (seen_.size() <= peers_max) return;
  seen_.erase(std::min_element(seen_.begin(), seen_.end(), [](const auto& left, const auto& right) {
    return left.second < right.second;
  }));
}

std::vector<IpAddress> nameservers_in(std::string_view resolv_conf) {
  std::vector<IpAddress> out;
  while (!resolv_conf.empty()) {
    std::string_view line = resolv_conf.substr(0, resolv_conf.find('\n'));
    resolv_conf.remove_prefix(std::min(line.size() + 1, resolv_conf.size()));
    if (take_word(line) != "nameserver") continue;
    if (const auto address = IpAddress::parse(take_word(line))) out.push_back(*address);
  }
  return out;
}

}  // namespace alarum

#pragma once

#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"
#include "daemon/enforcer/host_addresses.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::enforcer {

/// The guard that protects an address, and its entry.
struct Protection {
  std::string_view guard;
  IpNetwork entry;
};

/// A network that is protected for some time.
struct TimedProtection {
  IpNetwork network;
  Timestamp until;
};

/// Everything that is never blocked, and by which guard: what no host may lose (loopback, link-local, …),
/// what the policy names, what this host lives on, and what was added with an end. A network is protected if
/// it shares one address with an entry, or if the IPv4 addresses that it stands for do. One thread.
class NeverBlock {
 public:
  /// Starts with what no host may lose; nothing takes that away.
  NeverBlock();

  /// What the policy names; replaces what it named before.
  void set_policy(const std::vector<IpNetwork>& never_block, const std::vector<IpNetwork>& administrators,
                  const std::vector<IpNetwork>& nat64_prefixes);
  /// What this host lives on; replaces what was known before.
  void set_host(const HostAddresses& host);
  /// Protects a network until then; an entry that lasts longer already stays as it is.
  void add(const TimedProtection& entry);
  /// Keeps a network that was unblocked from being blocked again until then. Of too many the ones that end
  /// first are forgotten.
  void leave_alone(const TimedProtection& entry);
  /// Takes away what was added for exactly this network.
  void remove(const IpNetwork& network);
  /// Moves what was added in time, when the clock was set, so that it has as much time left as before.
  void shift(Duration by);
  /// Nothing that was added lasts beyond `added_max`, nobody is left alone beyond `left_alone_max`. Whether
  /// something would have.
  bool shorten(Timestamp added_max, Timestamp left_alone_max);
  /// Forgets entries whose time is over.
  void expire(Timestamp now);

  /// What protects `network` from being blocked; nothing where nothing does.
  std::optional<Protection> find(const IpNetwork& network) const;
  /// The same without the peers of connections and what is left alone: what takes back a block that is there.
  /// A peer does not: a connection that came to be in spite of a block was not opened through it. Nor does
  /// one address that is let go out of a network.
  std::optional<Protection> find_revoking(const IpNetwork& network) const;

  /// Whether a target shares an address with a network, itself or by the IPv4 addresses that it stands for.
  bool meets(const IpNetwork& target, const IpNetwork& network) const;

  /// What was added and has not ended.
  std::vector<TimedProtection> added() const;
  /// What is left alone still.
  std::vector<TimedProtection> left_alone() const;
  /// Until when exactly this network is protected by what was added; nothing where it is not.
  std::optional<Timestamp> added_until(const IpNetwork& network) const;
  /// How many entries were added and have not ended.
  std::size_t added_count() const { return added_.size(); }
  /// How many networks are left alone still.
  std::size_t left_alone_count() const { return left_alone_.size(); }

 private:
  std::optional<Protection> find_lasting(const IpNetwork& network) const;

  std::vector<Protection> fixed_;
  std::vector<Protection> policy_;
  std::vector<Protection> host_;
  std::vector<Protection> peers_;
  std::vector<IpNetwork> nat64_prefixes_;
  std::map<IpNetwork, Timestamp> added_;
  std::map<IpNetwork, Timestamp> left_alone_;
};

}  // namespace alarum::enforcer

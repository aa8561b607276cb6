#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/ip_address.h"
#include "daemon/base/time.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// The addresses that this process lives on, as it really connected to them: brokers, web servers, and the
/// name servers of the machine. Whoever blocked one of them would cut off the daemon itself. What no host may
/// lose, such as loopback, is left out: that is protected anyway. Any thread.
class ConnectedPeers {
 public:
  /// More are not kept; those that were seen longest ago are forgotten first.
  static constexpr std::size_t peers_max = 256;
  /// For so long one is told of behind its last connection.
  static constexpr Duration remembered = std::chrono::hours(1);

  /// `clock` outlives this.
  explicit ConnectedPeers(Clock& clock) : clock_(clock) {}

  /// There was a connection to it just now.
  void note(const IpAddress& peer);
  /// The socket of this descriptor is being connected to it, and counts until it is closed.
  void open(int descriptor, const IpAddress& peer);
  /// The socket is about to be closed.
  void close(int descriptor);

  /// A peer, and when it was connected to last.
  struct Peer {
    IpAddress address;
    Timestamp seen;
  };
  /// Those of the last hour, in order of their addresses.
  std::vector<Peer> recent();

 private:
  void remember(const IpAddress& peer, Timestamp now);

  Clock& clock_;
  // Between the threads of librdkafka and of responders, which cannot be made to wait for a queue, and who
  // judges blocks: a few words are copied under it.
  std::mutex mutex_;
  std::map<IpAddress, Timestamp> seen_;
  std::map<int, IpAddress> open_;
};

/// The addresses in the `nameserver` lines of a resolv.conf(5).
std::vector<IpAddress> nameservers_in(std::string_view resolv_conf);

}  // namespace alarum

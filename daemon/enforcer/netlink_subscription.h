#pragma once

#include "daemon/base/result.h"
#include "daemon/enforcer/netlink_dump.h"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace alarum::enforcer {

/// A netlink socket that hears what the kernel tells everybody who subscribed: that routes changed, that
/// somebody changed a table of nftables. One thread.
class NetlinkSubscription {
 public:
  /// Subscribes to these groups of a netlink family; what changes from here on is heard. Kernels may lack the
  /// `newer_groups`, and then have nothing to tell of them.
  static Result<NetlinkSubscription> open(int family, std::span<const int> groups,
                                          std::span<const int> newer_groups);
  NetlinkSubscription(NetlinkSubscription&& other) noexcept;
  NetlinkSubscription& operator=(NetlinkSubscription&& other) = delete;
  ~NetlinkSubscription();

  /// Gives `take` the type and the body of each message that came; never waits. False where some were lost,
  /// so that anything may have changed.
  bool each(const std::function<void(unsigned short type, NetlinkMessage body)>& take);

  /// Can be read when there is a message.
  int descriptor() const { return descriptor_; }

 private:
  explicit NetlinkSubscription(int descriptor);

  int descriptor_;
  std::vector<std::byte> buffer_;
};

}  // namespace alarum::enforcer

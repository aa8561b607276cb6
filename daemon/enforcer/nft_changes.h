#pragma once

#include "daemon/base/result.h"
#include "daemon/enforcer/netlink_subscription.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace alarum::enforcer {

/// Counts the transactions that touched one table of nftables, in what the kernel tells about all of them. A
/// value; what it is given comes from one socket, in order.
class NftTransactions {
 public:
  /// Of the table of this name in the family `inet`.
  explicit NftTransactions(std::string_view table) : table_(table) {}

  /// Takes in one message of the group NFNLGRP_NFTABLES.
  void take(unsigned short type, NetlinkMessage body);
  /// How many ended since the last call.
  std::size_t take_count() { return std::exchange(count_, 0); }

 private:
  std::string table_;
  bool is_touched_ = false;  // by the transaction whose end has not been told
  std::size_t count_ = 0;
};

/// Tells whether somebody else than this process changed our table. One thread.
class NftChanges {
 public:
  /// Subscribes for the table of this name.
  static Result<NftChanges> open(std::string_view table);

  /// Whether more transactions touched the table since the last call than the `own_count` of this process;
  /// what cannot be told counts as a change. Never waits. A transaction of ours that changed nothing hides
  /// one of somebody else between two calls.
  bool take(std::size_t own_count);
  /// Can be read when there is something to take.
  int descriptor() const { return subscription_.descriptor(); }

 private:
  NftChanges(NetlinkSubscription subscription, std::string_view table)
      : subscription_(std::move(subscription)), transactions_(table) {}

  NetlinkSubscription subscription_;
  NftTransactions transactions_;
};

}  // namespace alarum::enforcer

#include "daemon/enforcer/nft_changes.h"

#include <array>
#include <cstring>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace alarum::enforcer {
namespace {

constexpr unsigned subsystem_shift = 8;
constexpr unsigned message_mask = 0xFF;
/// The name of the table is the first attribute of every kind: NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, ….
constexpr unsigned short table_name_attribute = 1;

bool is_text(NetlinkMessage value, std::string_view text) {
  return value.size() == text.size() + 1 && std::memcmp(value.data(), text.data(), text.size()) == 0;
}

}  // namespace

void NftTransactions::take(unsigned short type, NetlinkMessage body) {
  nfgenmsg head{};
  if (type >> subsystem_shift != NFNL_SUBSYS_NFTABLES || body.size() < sizeof(head)) return;
  if ((type & message_mask) == NFT_MSG_NEWGEN) {  // the end of a transaction
    if (std::exchange(is_touched_, false)) ++count_;
    return;
  }
  std::memcpy(&head, body.data(), sizeof(head));
  if (head.nfgen_family != NFPROTO_INET) return;
  each_attribute(body, sizeof(head), [&](unsigned short attribute, NetlinkMessage value) {
    if (attribute == table_name_attribute && is_text(value, table_)) is_touched_ = true;
  });
}

Result<NftChanges> NftChanges::open(std::string_view table) {
  constexpr std::array<int, 1> groups = {NFNLGRP_NFTABLES};
  TRY(NetlinkSubscription subscription, NetlinkSubscription::open(NETLINK_NETFILTER, groups, {}));
  return NftChanges(std::move(subscription), table);
}

bool NftChanges::take(std::size_t own_count) {
  const bool is_whole =
      subscription_.each([&](unsigned short type, NetlinkMessage body) { transactions_.take(type, body); });
  return transactions_.take_count() > own_count || !is_whole;
}

}  // namespace alarum::enforcer

#include "daemon/enforcer/nft_changes.h"

#include <catch2/catch.hpp>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::enforcer {
namespace {

/// The body of a message about something in a table.
std::vector<std::byte> about(unsigned char family, std::string_view table) {
  std::string out{static_cast<char>(family), 0, 0, 0};
  const auto size = static_cast<char>(4 + table.size() + 1);
  out += std::string{size, 0, 1, 0} + std::string(table) + '\0';
  out.resize((out.size() + 3) / 4 * 4);
  const auto bytes = std::as_bytes(std::span(out));
  return {bytes.begin(), bytes.end()};
}

constexpr unsigned short type_of(int message) {
  return static_cast<unsigned short>(NFNL_SUBSYS_NFTABLES << 8 | message);
}

/// What the kernel tells of a transaction that adds two elements.
void tell(NftTransactions& to, unsigned char family, std::string_view table) {
  to.take(type_of(NFT_MSG_NEWSETELEM), about(family, table));
  to.take(type_of(NFT_MSG_NEWSETELEM), about(family, table));
  to.take(type_of(NFT_MSG_NEWGEN), about(NFPROTO_UNSPEC, ""));
}

TEST_CASE("each transaction that touches our table counts once, when it ends") {
  NftTransactions transactions("alarum");
  tell(transactions, NFPROTO_INET, "alarum");
  tell(transactions, NFPROTO_INET, "alarum");
  transactions.take(type_of(NFT_MSG_DELTABLE), about(NFPROTO_INET, "alarum"));
  CHECK(transactions.take_count() == 2);
  CHECK(transactions.take_count() == 0);
  transactions.take(type_of(NFT_MSG_NEWGEN), about(NFPROTO_UNSPEC, ""));
  CHECK(transactions.take_count() == 1);
}

TEST_CASE("what others do in tables of their own does not count") {
  NftTransactions transactions("alarum");
  tell(transactions, NFPROTO_INET, "alarm");
  tell(transactions, NFPROTO_INET, "alarums");
  tell(transactions, NFPROTO_IPV4, "alarum");
  transactions.take(NFNL_SUBSYS_NFTABLES, {});
  transactions.take(0, about(NFPROTO_INET, "alarum"));
  transactions.take(type_of(NFT_MSG_NEWGEN), {});
  CHECK(transactions.take_count() == 0);
}

}  // namespace
}  // namespace alarum::enforcer

#include "daemon/enforcer/netlink_dump.h"

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <linux/netlink.h>
#include <optional>
#include <span>
#include <vector>

namespace alarum::enforcer {
namespace {

/// A message as the kernel sends it, with one number behind its head, or nothing.
std::vector<std::byte> message(unsigned short type, std::optional<int> code) {
  nlmsghdr head{};
  head.nlmsg_type = type;
  head.nlmsg_len = static_cast<unsigned>(sizeof(head) + (code ? sizeof(int) : 0));
  std::vector<std::byte> out(head.nlmsg_len);
  std::memcpy(out.data(), &head, sizeof(head));
  if (code) std::memcpy(out.data() + sizeof(head), &*code, sizeof(int));
  return out;
}

/// What came of an answer that is this message.
Status outcome_of(const std::vector<std::byte>& bytes) {
  return each_netlink_message(bytes, netlink_outcome);
}

TEST_CASE("a dump that fails on its way says so in its last message") {
  const Status failed = outcome_of(message(NLMSG_DONE, -ENOENT));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::unsupported);
  CHECK_THAT(failed.error().message, Catch::EndsWith("No such file or directory"));
  CHECK(outcome_of(message(NLMSG_DONE, -ENOMEM)).error().code == ErrorCode::io);
  CHECK(outcome_of(message(NLMSG_DONE, 0)));
  CHECK(outcome_of(message(NLMSG_DONE, std::nullopt)));
}

TEST_CASE("a request that is refused is an error, one that is acknowledged is none") {
  CHECK(outcome_of(message(NLMSG_ERROR, -EOPNOTSUPP)).error().code == ErrorCode::unsupported);
  CHECK(outcome_of(message(NLMSG_ERROR, -EPERM)).error().code == ErrorCode::io);
  CHECK(outcome_of(message(NLMSG_ERROR, 0)));
  CHECK_FALSE(outcome_of(message(NLMSG_ERROR, std::nullopt)));
}

TEST_CASE("a reason that the kernel does not have is a message that cannot be read") {
  for (const int lie : {std::numeric_limits<int>::min(), -4096})
    for (const auto type : {std::uint16_t{NLMSG_ERROR}, std::uint16_t{NLMSG_DONE}})
      CHECK_THAT(outcome_of(message(type, lie)).error().message, Catch::EndsWith("Bad message"));
  CHECK(outcome_of(message(NLMSG_ERROR, -4095)).error().code == ErrorCode::io);
}

TEST_CASE("a message of a dump is no outcome, whatever stands in it") {
  CHECK(outcome_of(message(NLMSG_MIN_TYPE, -ENOENT)));
}

}  // namespace
}  // namespace alarum::enforcer

#include "daemon/enforcer/policy.h"

#include "config/option_reference.h"
#include "daemon/base/file.h"

#include <catch2/catch.hpp>

#include <chrono>

namespace alarum::enforcer {
namespace {

/// The first problem of a policy; empty where it has none.
std::string problem(const std::string& text) {
  const auto loaded = parse_policy("enforcer.yaml", text);
  return loaded.problems.empty() ? "" : loaded.problems.front().to_text();
}

TEST_CASE("an empty policy has careful defaults") {
  const auto loaded = parse_policy("enforcer.yaml", "");

  CHECK_FALSE(has_errors(loaded.problems));
  CHECK(loaded.policy.never_block.empty());
  CHECK(loaded.policy.limits.duration_default == std::chrono::minutes(15));
  CHECK(loaded.policy.limits.duration_max == std::chrono::hours(24));
  CHECK(loaded.policy.limits.ipv4_prefix_min == 24);
  CHECK(loaded.policy.limits.ipv6_prefix_min == 64);
  CHECK(loaded.policy.limits.blocks_per_minute_max == 20);
  CHECK(loaded.policy.limits.blocks_per_hour_max == 200);
  CHECK(loaded.policy.limits.blocks_max == 1000);
  CHECK(loaded.policy.askers.groups.empty());
}

TEST_CASE("a policy says who is never blocked and who may ask") {
  const auto loaded = parse_policy("enforcer.yaml",
                                   "never_block: [10.0.0.0/8, '2001:db8::1']\n"
                                   "administrators: [192.0.2.0/28]\n"
                                   "askers: {users: [root, 4711], groups: [12]}\n");

  REQUIRE_FALSE(has_errors(loaded.problems));
  CHECK(loaded.policy.never_block ==
        std::vector{*IpNetwork::parse("10.0.0.0/8"), *IpNetwork::parse("2001:db8::1")});
  CHECK(loaded.policy.administrators == std::vector{*IpNetwork::parse("192.0.2.0/28")});
  CHECK(loaded.policy.askers.users == std::vector<uid_t>{0, 4711});
  CHECK(loaded.policy.askers.groups == std::vector<gid_t>{12});
}

TEST_CASE("a policy that would not do what it says is refused, with the place") {
  CHECK(
      problem("never_block: [10.0.0.1/8]\n") ==
      "enforcer.yaml:1:14: 'never_block': '10.0.0.1/8' is no address and no network with nothing set behind "
      "its prefix\n    never_block: [10.0.0.1/8]\n                 ^");
  CHECK_THAT(problem("neverblock: []\n"), Catch::Contains("did you mean 'never_block'?"));
  CHECK_THAT(problem("limits: {duration_max: 25h}\n"), Catch::Contains("a duration from 1s to 1d"));
  CHECK_THAT(problem("limits: {duration_max: 5m}\n"), Catch::Contains("duration_default is longer"));
  CHECK_THAT(problem("limits: {ipv4_prefix_min: 0}\n"), Catch::Contains("from 8 to 32"));
  CHECK_THAT(problem("askers: {users: [nobody-of-that-name]}\n"), Catch::Contains("knows no"));
  CHECK_THAT(problem("- a\n"), Catch::Contains("sections of keys"));
}

TEST_CASE("a policy may mend by itself when nothing is wrong but names that are unknown") {
  const auto may_mend = [](const std::string& text) {
    return only_names_are_unknown(parse_policy("enforcer.yaml", text).problems);
  };
  CHECK(may_mend("askers: {users: [nobody-of-that-name], groups: [no-group-of-that-name]}\n"));
  CHECK_FALSE(may_mend("askers: {users: [nobody-of-that-name]}\nnever_block: [10.0.0.1/8]\n"));
  CHECK_FALSE(may_mend("never_block: [10.0.0.1/8]\n"));
  CHECK_FALSE(may_mend("askers: {users: [0]}\n"));
}

TEST_CASE("the commented default file of the policy is sound") {
  CHECK_FALSE(has_errors(parse_policy("enforcer.yaml", default_policy()).problems));
}

TEST_CASE("the table of the policy's options in the documentation is the program's") {
  const auto page = read_file(ALARUM_ENFORCER_PAGE, 1 << 20);
  REQUIRE(page);
  CHECK_THAT(*page, Catch::Contains(option_table(policy_options())));
}

}  // namespace
}  // namespace alarum::enforcer

#include "config/guard_rails_config.h"

#include "tests/unit/support/playbook_file.h"

#include <catch2/catch.hpp>

#include <chrono>

namespace alarum {

using test::PlaybookFile;
using test::told;

TEST_CASE("guard rails have limits without being configured") {
  const GuardRailsConfig rails = guard_rails_config(PlaybookFile("").root());

  CHECK(rails.never_block.empty());
  CHECK(rails.ipv4_prefix_min == 24);
  CHECK(rails.ipv6_prefix_min == 64);
  CHECK(rails.duration_max == Duration(std::chrono::hours(24)));
  CHECK(rails.blocks_per_minute_max == 20);
  CHECK(rails.blocks_per_hour_max == 200);
  CHECK(rails.rule_blocks_per_hour_max == 100);
  CHECK(rails.source_blocks_per_hour_max == 100);
  CHECK(rails.blocks_max == 1000);
  CHECK(rails.clients_percent_max == 5);
  CHECK(rails.canary == Duration(std::chrono::hours(24)));
  CHECK(rails.leave_alone == Duration(std::chrono::hours(24)));
}

TEST_CASE("guard rails take addresses and networks in canonical form") {
  const PlaybookFile file(
      "guard_rails:\n"
      "  never_block: [10.20.0.0/16, \"2001:db8:1::/48\", \"::ffff:192.0.2.1\"]\n"
      "  trusted_proxies: 198.51.100.7\n");
  const GuardRailsConfig rails = guard_rails_config(file.root());

  CHECK(file.problems().empty());
  REQUIRE(rails.never_block.size() == 3);
  CHECK(rails.never_block[0].to_text() == "10.20.0.0/16");
  CHECK(rails.never_block[1].to_text() == "2001:db8:1::/48");
  CHECK(rails.never_block[2].to_text() == "192.0.2.1");
  REQUIRE(rails.trusted_proxies.size() == 1);
  CHECK(rails.trusted_proxies[0].to_text() == "198.51.100.7");
}

TEST_CASE("guard rails take no names, no odd addresses and no wide networks") {
  CHECK(told(PlaybookFile("guard_rails:\n"
                          "  never_block: [bastion.example]\n"
                          "  trusted_proxies: [10.0.0.1/8]\n"
                          "  ipv4_prefix_min: 16\n"
                          "  duration_max: 48h\n")
                 .problems()) ==
        "2:16 invalid_value: 'guard_rails.never_block' takes a list of addresses and networks, not "
        "'bastion.example'\n"
        "3:20 invalid_value: 'guard_rails.trusted_proxies' takes a list of addresses and networks, not "
        "'10.0.0.1/8'\n"
        "4:20 invalid_value: 'guard_rails.ipv4_prefix_min' takes a whole number from 24 to 32, not '16'\n"
        "5:17 invalid_value: 'guard_rails.duration_max' takes a duration from 1s to 1d, not '48h'\n");
}

}  // namespace alarum

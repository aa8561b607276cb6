#include "daemon/respond/guard_rails.h"

#include "daemon/base/ensure.h"
#include "tests/unit/support/ledger_world.h"
#include "tests/unit/support/playbook_file.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

IpNetwork network(std::string_view text) {
  const auto out = IpNetwork::parse(text);
  ENSURE(out.has_value(), "the network of a test is one");
  return *out;
}

Timestamp in(Duration time) { return {test::ledger_time.microseconds + time.count()}; }

/// Guard rails at their defaults, a rule that is old enough, and nothing blocked yet.
struct GuardWorld {
  /// The guard that refuses to block it for 15 minutes, and its entry: `prefix /24`; empty where none does.
  std::string refusal(std::string_view target, const std::vector<IpNetwork>& stands_for = {}) const {
    const auto out = refuse_block({network(target), stands_for, minutes(15)}, facts());
    return told(out ? out : refuse_caps(counters, config));
  }
  GuardFacts facts() const { return {config, exemptions, breaker, rule_since, in(seconds(0))}; }
  static std::string told(const std::optional<GuardRefusal>& refusal) {
    if (!refusal) return "";
    CHECK_FALSE(refusal->why.empty());
    return std::string(refusal->guard) + (refusal->entry.empty() ? "" : " ") + refusal->entry;
  }

  GuardRailsConfig config = guard_rails_config(test::PlaybookFile("").root());
  Exemptions exemptions;
  BlockCounters counters;
  Breaker breaker;
  std::optional<Timestamp> rule_since = in(-hours(24));
};

}  // namespace

TEST_CASE("an address is blocked when no guard refuses") {
  CHECK(GuardWorld().refusal("192.0.2.1").empty());
  CHECK(GuardWorld().refusal("2001:db8::1").empty());
}

TEST_CASE("what no host may lose is never blocked") {
  const GuardWorld world;
  CHECK(world.refusal("127.8.9.10") == "loopback 127.0.0.0/8");
  CHECK(world.refusal("::1") == "loopback ::1");
  CHECK(world.refusal("0.0.0.0") == "unspecified 0.0.0.0/8");
  CHECK(world.refusal("169.254.1.1") == "link_local 169.254.0.0/16");
  CHECK(world.refusal("fe80::1") == "link_local fe80::/10");
  CHECK(world.refusal("224.0.0.1") == "multicast 224.0.0.0/4");
  CHECK(world.refusal("ff02::1") == "multicast ff00::/8");
  CHECK(world.refusal("255.255.255.255") == "broadcast 255.255.255.255");
  CHECK(world.refusal("::ffff:127.0.0.1") == "loopback 127.0.0.0/8");
}

TEST_CASE("a target is protected when it shares one address with an entry of never_block") {
  GuardWorld world;
  world.config.never_block = {network("10.20.0.0/16"), network("198.51.100.7"), network("2001:db8:1::/48")};

  CHECK(world.refusal("10.20.3.4") == "never_block 10.20.0.0/16");
  CHECK(world.refusal("::ffff:10.20.3.4") == "never_block 10.20.0.0/16");
  CHECK(world.refusal("198.51.100.0/24") == "never_block 198.51.100.7");
  CHECK(world.refusal("2001:db8:1:2::/64") == "never_block 2001:db8:1::/48");
  CHECK(world.refusal("10.21.0.1").empty());
}

TEST_CASE("a trusted proxy is never a target") {
  GuardWorld world;
  world.config.trusted_proxies = {network("203.0.113.5")};

  CHECK(world.refusal("203.0.113.5") == "trusted_proxy 203.0.113.5");
}

TEST_CASE("the IPv4 address inside of an IPv6 one is judged, too") {
  GuardWorld world;
  world.config.never_block = {network("10.20.0.0/16")};

  CHECK(world.refusal("2002:a14:304::1", {network("10.20.3.4")}) == "never_block 10.20.0.0/16");
  CHECK(world.refusal("64:ff9b::7f00:1", {network("127.0.0.1")}) == "loopback 127.0.0.0/8");
}

TEST_CASE("what is allowed, and what was unblocked, is left alone until its time is over") {
  GuardWorld world;
  world.exemptions.allowed = {{network("192.0.2.0/28"), in(seconds(1))}};
  world.exemptions.left_alone = {{network("192.0.2.200"), in(seconds(1))}};
  CHECK(world.refusal("192.0.2.1") == "protected 192.0.2.0/28");
  CHECK(world.refusal("192.0.2.200") == "left_alone 192.0.2.200");

  world.exemptions.allowed.front().until = in(seconds(0));
  world.exemptions.left_alone.front().until = in(seconds(0));
  CHECK(world.refusal("192.0.2.1").empty());
  CHECK(world.refusal("192.0.2.200").empty());
}

TEST_CASE("networks are blocked no wider than configured") {
  GuardWorld world;
  CHECK(world.refusal("192.0.2.0/24").empty());
  CHECK(world.refusal("192.0.2.0/23") == "prefix /24");
  CHECK(world.refusal("2001:db8::/64").empty());
  CHECK(world.refusal("2001:db8::/63") == "prefix /64");
  CHECK(world.refusal("0.0.0.0/0") == "prefix /24");
  CHECK(world.refusal("::/0") == "prefix /64");

  world.config.ipv4_prefix_min = 32;
  CHECK(world.refusal("192.0.2.0/31") == "prefix /32");
}

TEST_CASE("nothing is blocked without an end, nor for longer than a day") {
  const GuardWorld world;
  const auto refusal = [&](std::optional<Duration> lasts) {
    return GuardWorld::told(refuse_block({network("192.0.2.1"), {}, lasts}, world.facts()));
  };

  CHECK(refusal(std::nullopt) == "duration");
  CHECK(refusal(Duration(0)) == "duration 0s");
  CHECK(refusal(hours(24)).empty());
  CHECK(refusal(hours(24) + Duration(1)) == "duration 1d");
}

TEST_CASE("each cap refuses the block after the last one that it lets through") {
  struct Row {
    std::uint64_t BlockCounters::*count;
    std::uint64_t max;
    std::string_view entry;
  };
  for (const Row& row : {Row{&BlockCounters::within_minute, 20, "cap blocks_per_minute_max:20"},
                         Row{&BlockCounters::within_hour, 200, "cap blocks_per_hour_max:200"},
                         Row{&BlockCounters::rule_within_hour, 100, "cap rule_blocks_per_hour_max:100"},
                         Row{&BlockCounters::source_within_hour, 100, "cap source_blocks_per_hour_max:100"},
                         Row{&BlockCounters::active, 1000, "cap blocks_max:1000"}}) {
    CAPTURE(row.entry);
    GuardWorld world;
    world.counters.*row.count = row.max - 1;
    CHECK(world.refusal("192.0.2.1").empty());
    world.counters.*row.count = row.max;
    CHECK(world.refusal("192.0.2.1") == row.entry);
  }
}

TEST_CASE("no more than a share of the clients that were seen lately is blocked") {
  GuardWorld world;
  world.counters.clients = 1000;
  world.counters.clients_blocked = 49;
  CHECK(world.refusal("192.0.2.1").empty());
  world.counters.clients_blocked = 50;
  CHECK(world.refusal("192.0.2.1") == "cap clients_percent_max:5");
}

TEST_CASE("as long as nobody knows how many clients there are, no share of them is too large") {
  GuardWorld world;
  world.counters.clients_blocked = 500;
  CHECK(world.refusal("192.0.2.1").empty());

  world.counters.clients = 0;
  CHECK(world.refusal("192.0.2.1") == "cap clients_percent_max:5");
}

TEST_CASE("where few clients were seen ten of them can be blocked") {
  GuardWorld world;
  world.counters.clients = 20;
  world.counters.clients_blocked = 9;
  CHECK(world.refusal("192.0.2.1").empty());
  world.counters.clients_blocked = 10;
  CHECK(world.refusal("192.0.2.1") == "cap clients_percent_max:5");
}

TEST_CASE("what is blocked already adds nothing to what is blocked at a time") {
  GuardWorld world;
  world.counters.active = 5000;
  world.counters.clients_blocked = 5000;
  world.counters.is_blocked = true;

  CHECK(world.refusal("192.0.2.1").empty());
}

TEST_CASE("the breaker trips within one block of the cap of an hour, and stays so") {
  GuardWorld world;
  world.counters.within_hour = 200;
  world.counters.within_minute = 200;
  const auto refusal = refuse_caps(world.counters, world.config);
  REQUIRE(refusal.has_value());

  world.breaker = after_refusal(world.breaker, *refusal, in(seconds(0)));
  CHECK(world.breaker.is_tripped());
  world.counters = {};
  CHECK(world.refusal("192.0.2.1") == "breaker blocks_per_hour_max:200");
  world.breaker = after_refusal(world.breaker, {"cap", "blocks_max:1000", "more"}, in(seconds(9)));
  CHECK(world.breaker.tripped_at == in(seconds(0)));
}

TEST_CASE("the breaker trips for what is wrong as a whole, and for no single refusal") {
  const auto trips = [](GuardRefusal refusal) {
    return after_refusal({}, refusal, in(seconds(0))).is_tripped();
  };

  CHECK(trips({"cap", "blocks_per_hour_max:200", ""}));
  CHECK(trips({"cap", "blocks_max:1000", ""}));
  CHECK(trips({"cap", "clients_percent_max:5", ""}));
  CHECK_FALSE(trips({"cap", "blocks_per_minute_max:20", ""}));
  CHECK_FALSE(trips({"cap", "rule_blocks_per_hour_max:100", ""}));
  CHECK_FALSE(trips({"never_block", "10.0.0.0/8", ""}));
  CHECK_FALSE(trips({"prefix", "/24", ""}));
}

TEST_CASE("what becomes protected takes back a block, what is left alone does not") {
  Exemptions exemptions;
  exemptions.left_alone = {{network("192.0.2.1"), in(hours(1))}};
  const GuardRailsConfig config = GuardWorld().config;
  const BlockProposal block{network("192.0.2.0/24")};
  CHECK_FALSE(refuse_protected(block, config, exemptions, in(seconds(0))).has_value());

  exemptions.allowed = {{network("192.0.2.1"), in(hours(1))}};
  CHECK(GuardWorld::told(refuse_protected(block, config, exemptions, in(seconds(0)))) ==
        "protected 192.0.2.1");
}

TEST_CASE("who is protected is not even written down as blocked, whatever else holds it up") {
  GuardWorld world;
  world.breaker = after_refusal({}, {"cap", "blocks_max:1000", ""}, in(seconds(0)));
  world.rule_since = std::nullopt;
  CHECK(world.refusal("127.0.0.1") == "loopback 127.0.0.0/8");

  CHECK(means_shadow(*refuse_block({network("192.0.2.1"), {}, minutes(15)}, world.facts())));
  CHECK(means_shadow(*refuse_canary(std::nullopt, hours(24), in(seconds(0)))));
  CHECK_FALSE(means_shadow(*refuse_duration(std::nullopt, hours(24))));
}

TEST_CASE("a rule that is new or has changed is watched before it acts") {
  GuardWorld world;
  world.rule_since = in(seconds(1) - hours(24));
  CHECK(world.refusal("192.0.2.1") == "canary 2026-01-02T03:04:06.000000Z");
  world.rule_since = std::nullopt;
  CHECK(world.refusal("192.0.2.1").starts_with("canary "));

  world.config.canary = Duration(0);
  CHECK(world.refusal("192.0.2.1").empty());
}

}  // namespace alarum

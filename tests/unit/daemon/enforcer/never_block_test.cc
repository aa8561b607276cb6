#include "daemon/enforcer/never_block.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace alarum::enforcer {
namespace {

IpNetwork network(std::string_view text) {
  const auto parsed = IpNetwork::parse(text);
  if (!parsed) FAIL(text << " does not parse");
  return *parsed;
}

/// The guard and its entry that protect a network; empty where none does.
std::string protection(const NeverBlock& never_block, std::string_view target) {
  const auto found = never_block.find(network(target));
  return found ? std::string(found->guard) + " " + found->entry.to_text() : "";
}

constexpr Timestamp noon{std::int64_t{1'750'000'000} * 1'000'000};
constexpr Timestamp later{noon.microseconds + 3'600'000'000};

TEST_CASE("what no host may lose is protected without any policy") {
  const NeverBlock never_block;
  CHECK(protection(never_block, "127.0.0.53") == "loopback 127.0.0.0/8");
  CHECK(protection(never_block, "::1") == "loopback ::1");
  CHECK(protection(never_block, "0.0.0.0") == "unspecified 0.0.0.0/8");
  CHECK(protection(never_block, "::") == "unspecified ::");
  CHECK(protection(never_block, "169.254.169.254") == "link_local 169.254.0.0/16");
  CHECK(protection(never_block, "fe80::1") == "link_local fe80::/10");
  CHECK(protection(never_block, "224.0.0.251") == "multicast 224.0.0.0/4");
  CHECK(protection(never_block, "ff02::1") == "multicast ff00::/8");
  CHECK(protection(never_block, "255.255.255.255") == "broadcast 255.255.255.255");
  CHECK(protection(never_block, "8.8.8.8").empty());
  CHECK(protection(never_block, "2001:db8::1").empty());
}

TEST_CASE("no other spelling of a protected address gets around its protection") {
  const NeverBlock never_block;
  CHECK(protection(never_block, "::ffff:127.0.0.1") == "loopback 127.0.0.0/8");
  CHECK(protection(never_block, "2002:7f00:1::1") == "loopback 127.0.0.0/8");
  CHECK(protection(never_block, "64:ff9b::127.0.0.1") == "loopback 127.0.0.0/8");
  CHECK(protection(never_block, "64:ff9b::8.8.8.8").empty());
}

TEST_CASE("a network is protected when one of its addresses is") {
  NeverBlock never_block;
  never_block.set_policy({network("198.51.100.77")}, {network("203.0.113.0/24")}, {});
  CHECK(protection(never_block, "198.51.100.0/24") == "never_block 198.51.100.77");
  CHECK(protection(never_block, "203.0.113.9") == "administrators 203.0.113.0/24");
  CHECK(protection(never_block, "198.51.101.0/24").empty());
  CHECK(protection(never_block, "2002:c633:644d::/64") == "never_block 198.51.100.77");
}

TEST_CASE("what this host lives on is protected for as long as it does") {
  NeverBlock never_block;
  never_block.set_host({.own = {network("192.0.2.10")},
                        .broadcast = {network("192.0.2.255")},
                        .gateways = {network("192.0.2.1")},
                        .peers = {network("198.51.100.5")}});
  CHECK(protection(never_block, "192.0.2.10") == "own_address 192.0.2.10");
  CHECK(protection(never_block, "192.0.2.255") == "broadcast 192.0.2.255");
  CHECK(protection(never_block, "192.0.2.1") == "gateway 192.0.2.1");
  CHECK(protection(never_block, "198.51.100.5") == "peer 198.51.100.5");

  never_block.set_host({});
  CHECK(protection(never_block, "192.0.2.1").empty());
}

TEST_CASE("a peer of a connection takes back no block") {
  NeverBlock never_block;
  never_block.set_host({.own = {}, .broadcast = {}, .gateways = {}, .peers = {network("198.51.100.5")}});
  CHECK_FALSE(never_block.find_revoking(network("198.51.100.5")));
  CHECK(never_block.find_revoking(network("127.0.0.1")));
}

TEST_CASE("what was added is protected until its end, and never shorter") {
  NeverBlock never_block;
  never_block.add({network("198.51.100.0/24"), later});
  never_block.add({network("198.51.100.0/24"), noon});

  never_block.expire(noon);
  CHECK(protection(never_block, "198.51.100.9") == "protected 198.51.100.0/24");
  never_block.expire(later);
  CHECK(protection(never_block, "198.51.100.9").empty());
}

}  // namespace
}  // namespace alarum::enforcer

#include "daemon/base/embedded_ipv4.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alarum::enforcer {
namespace {

/// The IPv4 networks as text; empty where there is none.
std::string embedded(std::string_view network, const std::vector<IpNetwork>& prefixes = {}) {
  const auto parsed = IpNetwork::parse(network);
  if (!parsed) FAIL(network << " does not parse");
  std::string out;
  for (const IpNetwork& found : embedded_ipv4(*parsed, prefixes))
    out += (out.empty() ? "" : " ") + found.to_text();
  return out;
}

// RFC 3056 §2: 2002:V4ADDR::/48. RFC 6052 §2.1, §2.2: 64:ff9b::/96.
TEST_CASE("a 6to4 or NAT64 address stands for an IPv4 address") {
  CHECK(embedded("2002:c000:201::1") == "192.0.2.1");
  CHECK(embedded("2002:c000:201:5::/64") == "192.0.2.1");
  CHECK(embedded("64:ff9b::192.0.2.33") == "192.0.2.33");
  CHECK(embedded("64:ff9b::/120") == "0.0.0.0/24");
}

// RFC 6052 §2.4 has this table.
TEST_CASE("an address behind a NAT64 prefix of any length stands for an IPv4 address") {
  const auto behind = [](std::string_view prefix, std::string_view address) {
    return embedded(address, {*IpNetwork::parse(prefix)});
  };
  CHECK(behind("2001:db8::/32", "2001:db8:c000:221::") == "192.0.2.33");
  CHECK(behind("2001:db8:100::/40", "2001:db8:1c0:2:21::") == "192.0.2.33");
  CHECK(behind("2001:db8:122::/48", "2001:db8:122:c000:2:2100::") == "192.0.2.33");
  CHECK(behind("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::") == "192.0.2.33");
  CHECK(behind("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::") == "192.0.2.33");
  CHECK(behind("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33") == "192.0.2.33");
  CHECK(behind("2001:db8:122::/48", "2001:db8:122:c000::/64") == "192.0.0.0/16");
}

TEST_CASE("the local NAT64 prefix is read at both of its lengths") {
  CHECK(embedded("64:ff9b:1:c000:2:2100::") == "192.0.2.33");
  CHECK(embedded("64:ff9b:1::192.0.2.33") == "192.0.2.33");
}

// RFC 4380 §4: the server at bits 32, the client, inverted, at the end.
TEST_CASE("a Teredo address stands for its server and its client") {
  CHECK(embedded("2001:0:4136:e378:8000:63bf:3fff:fdd2") == "65.54.227.120 192.0.2.45");
}

TEST_CASE("a network wider than what is embedded stands for as much of IPv4") {
  CHECK(embedded("2002:c000::/32") == "192.0.0.0/16");
  CHECK(embedded("64:ff9b::/80") == "0.0.0.0/0");
  CHECK_THAT(embedded("2000::/3"), Catch::StartsWith("0.0.0.0/0"));
}

TEST_CASE("other addresses stand for nothing but themselves") {
  for (const char* network : {"192.0.2.1", "2001:db8::1", "64:ff9b:2::1", "2003::/16", "::1", "10.0.0.0/8"}) {
    INFO(network);
    CHECK(embedded(network).empty());
  }
}

TEST_CASE("a NAT64 prefix has one of six lengths") {
  CHECK(is_nat64_prefix(*IpNetwork::parse("2001:db8::/96")));
  CHECK_FALSE(is_nat64_prefix(*IpNetwork::parse("2001:db8::/36")));
  CHECK_FALSE(is_nat64_prefix(*IpNetwork::parse("10.0.0.0/8")));
}

}  // namespace
}  // namespace alarum::enforcer

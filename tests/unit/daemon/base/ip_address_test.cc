#include "daemon/base/ip_address.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

bool contains(std::string_view network, std::string_view address) {
  const auto parsed = IpNetwork::parse(network);
  const auto wanted = IpAddress::parse(address);
  if (!parsed || !wanted) FAIL(network << " or " << address << " does not parse");
  return parsed->contains(*wanted);
}

TEST_CASE("an address has one form, whichever way it is written") {
  CHECK(IpAddress::parse("192.0.2.1") == IpAddress::parse("::ffff:192.0.2.1"));
  CHECK(IpAddress::parse("192.0.2.1") == IpAddress::parse("::FFFF:c000:0201"));
  CHECK(IpAddress::parse("2001:db8::1") == IpAddress::parse("2001:0DB8:0:0:0:0:0:1"));
}

TEST_CASE("what is no address is none") {
  for (const char* text :
       {"", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1 ", "0x7f.0.0.1", "fe80::1%eth0", "1::2::3",
        "12345::", "::ffff:192.0.2.300", "-", "192.0.2.1:80", "[::1]"}) {
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text));
  }
}

// RFC 4632 §3.1, RFC 4291 §2.3.
TEST_CASE("a network contains what its prefix says") {
  CHECK(contains("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  CHECK(contains("192.0.2.128/25", "192.0.2.128"));
  CHECK_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  CHECK(contains("0.0.0.0/0", "203.0.113.7"));
  CHECK(contains("192.0.2.7", "192.0.2.7"));
  CHECK_FALSE(contains("192.0.2.7/32", "192.0.2.6"));
  CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
}

TEST_CASE("the two families meet only in mapped addresses") {
  CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  CHECK(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK(contains("::/0", "2001:db8::1"));
}

TEST_CASE("what is no network is none") {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.1/8",
                           "2001:db8::1/32", "2001:db8::/129", "10.0.0.0/8/8", "10.*", "10.0.0.0/8 "}) {
    INFO(text);
    CHECK_FALSE(IpNetwork::parse(text));
  }
}

TEST_CASE("what an address and a network are written as reads as the same") {
  for (const char* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "::1", "64:ff9b::c000:201"}) {
    INFO(text);
    CHECK(IpAddress::parse(text)->to_text() == text);
  }
  CHECK(IpAddress::parse("::ffff:192.0.2.1")->to_text() == "192.0.2.1");
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "2001:db8::/32", "::/0", "::/96"}) {
    INFO(text);
    CHECK(IpNetwork::parse(text)->to_text() == text);
  }
}

TEST_CASE("two networks overlap where one is in the other") {
  const auto overlap = [](const char* left, const char* right) {
    return IpNetwork::parse(left)->overlaps(*IpNetwork::parse(right));
  };
  CHECK(overlap("10.0.0.0/8", "10.1.2.3"));
  CHECK(overlap("10.1.2.3", "10.0.0.0/8"));
  CHECK(overlap("10.1.0.0/16", "10.1.0.0/16"));
  CHECK_FALSE(overlap("10.0.0.0/16", "10.1.0.0/16"));
  CHECK_FALSE(overlap("0.0.0.0/0", "2001:db8::/32"));
}

TEST_CASE("the network of an address has nothing set behind its prefix") {
  CHECK(IpNetwork::of(*IpAddress::parse("192.0.2.77"), 96 + 24) == *IpNetwork::parse("192.0.2.0/24"));
  CHECK(IpNetwork::of(*IpAddress::parse("2001:db8::1"), 0) == *IpNetwork::parse("::/0"));
}

}  // namespace
}  // namespace alarum

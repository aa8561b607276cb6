#include "daemon/enforcer/nft_listing.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum::enforcer {
namespace {

// As nft 1.0.6 prints the enforcer's own table.
constexpr std::string_view listing =
    "table inet alarum {\n"
    "\tcounter dropped {\n"
    "\t\tpackets 12 bytes 720\n"
    "\t}\n\n"
    "\tset b4 {\n"
    "\t\ttype ipv4_addr\n"
    "\t\tsize 262144\n"
    "\t\tflags timeout\n"
    "\t\telements = { 192.0.2.1 timeout 1h2m3s4ms expires 1h2m2s956ms, 192.0.2.44 }\n"
    "\t}\n\n"
    "\tset b6 {\n"
    "\t\ttype ipv6_addr\n"
    "\t\tsize 262144\n"
    "\t\tflags timeout\n"
    "\t}\n\n"
    "\tset c6 {\n"
    "\t\ttype ipv6_addr\n"
    "\t\tsize 4096\n"
    "\t\tflags interval,timeout\n"
    "\t\telements = { 2001:db8::/64 timeout 10s expires 9s992ms,\n"
    "\t\t\t     2001:db8:0:1::/65 timeout 1d expires 23h59m59s992ms }\n"
    "\t}\n\n"
    "\tchain prerouting {\n"
    "\t\ttype filter hook prerouting priority -300; policy accept;\n"
    "\t\tip saddr @b4 counter name \"dropped\" drop\n"
    "\t}\n"
    "}\n";

/// The listing with one text in the place of another.
std::string with(std::string_view old, std::string_view now) {
  std::string out(listing);
  return out.replace(out.find(old), old.size(), now);
}

std::string skeleton(std::string_view text) {
  const auto read = parse_nft_listing(text);
  return read ? read->skeleton : read.error().message;
}

TEST_CASE("durations read as nft spells them") {
  CHECK(parse_nft_duration("1d2h3m4s5ms") ==
        std::chrono::hours(26) + std::chrono::minutes(3) + std::chrono::milliseconds(4005));
  CHECK(parse_nft_duration("9ms") == std::chrono::milliseconds(9));
  for (const char* text : {"", "5", "s", "5x", "5s6", "-5s", "1186071858d", "4294967295h", "36500d1ms"}) {
    INFO(text);
    CHECK_FALSE(parse_nft_duration(text));
  }
}

TEST_CASE("a listing reads as its elements, with what is left of their time") {
  const auto read = parse_nft_listing(listing);

  REQUIRE(read);
  std::string text;
  for (const TableEntry& entry : read->entries)
    text +=
        entry.target.to_text() + " " + (entry.left ? std::to_string(entry.left->count()) : "for ever") + "\n";
  CHECK(text ==
        "192.0.2.1 3722956000\n"
        "192.0.2.44 for ever\n"
        "2001:db8::/64 9992000\n"
        "2001:db8:0:1::/65 86399992000\n");
}

TEST_CASE("what a table blocks and counts does not change its skeleton") {
  CHECK(skeleton(listing) == skeleton(with("packets 12 bytes 720", "packets 13 bytes 780")));
  CHECK(skeleton(listing) == skeleton(with("192.0.2.1 timeout 1h2m3s4ms expires 1h2m2s956ms, ", "")));
  CHECK(
      skeleton(listing) ==
      skeleton(with("\t\telements = { 192.0.2.1 timeout 1h2m3s4ms expires 1h2m2s956ms, 192.0.2.44 }\n", "")));
}

TEST_CASE("anything else that somebody changes in a table shows in its skeleton") {
  for (const std::string& changed :
       {with("table inet alarum {\n", "table inet alarum {\n\tflags dormant\n\n"), with("drop\n", "accept\n"),
        with("\t\tip saddr", "\t\taccept\n\t\tip saddr"), with("flags timeout\n", "flags timeout,dynamic\n"),
        with("\tset b6 {", "\tset b7 {"), with("-300", "-200")}) {
    INFO(changed);
    CHECK(skeleton(changed) != skeleton(listing));
  }
}

TEST_CASE("an element that we could not have made is an error") {
  for (const char* element :
       {"192.0.2.1-192.0.2.9", "192.0.2.1 comment \"x\"", "192.0.2.1 timeout soon", "lo"}) {
    INFO(element);
    CHECK_FALSE(parse_nft_listing("\tset b4 {\n\t\telements = { " + std::string(element) + " }\n\t}\n"));
  }
  CHECK_FALSE(parse_nft_listing("\tset b4 {\n\t\telements = { 192.0.2.1"));
}

TEST_CASE("an element in another set than its own is an error") {
  const auto read = parse_nft_listing("\tset c4 {\n\t\telements = { 8.8.8.8 }\n\t}\n");
  REQUIRE_FALSE(read);
  CHECK_THAT(read.error().message, Catch::Contains("' 8.8.8.8 ' in the set 'c4'"));
  CHECK_FALSE(parse_nft_listing("\tset other {\n\t\telements = { 8.8.8.8 }\n\t}\n"));
  CHECK_FALSE(parse_nft_listing("\tset b6 {\n\t\telements = { 8.8.8.8 }\n\t}\n"));
  CHECK_FALSE(parse_nft_listing("\t\telements = { 8.8.8.8 }\n"));
}

}  // namespace
}  // namespace alarum::enforcer

#include "daemon/enforcer/request.h"

#include "daemon/enforcer/frame.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace alarum::enforcer {
namespace {

/// What a request reads as, spelled anew; or why it is none.
std::string read(std::string_view bytes) {
  const auto request = parse_request(bytes);
  return request ? request_text(*request) : request.error().message;
}

TEST_CASE("a request reads as what it says") {
  const auto request = parse_request("block action=a-1 target=192.0.2.1 for=90s");

  REQUIRE(request);
  CHECK(request->verb == Verb::block);
  CHECK(request->action_id == "a-1");
  CHECK(request->target == IpNetwork::parse("192.0.2.1"));
  CHECK(request->duration == std::chrono::seconds(90));
}

TEST_CASE("every verb has its keys, in any order") {
  for (const char* text :
       {"block action=a target=192.0.2.1", "block action=a target=2001:db8::/64 for=15m", "unblock action=a",
        "unblock target=192.0.2.0/24", "protect target=192.0.2.1 until=2026-01-02T03:04:05.000000Z",
        "unprotect target=192.0.2.1", "list", "list after=192.0.2.1", "list kind=protections",
        "list kind=left_alone after=192.0.2.1", "status", "panic", "arm"}) {
    INFO(text);
    CHECK(read(text) == text);
  }
  CHECK(read("block for=1h target=192.0.2.1 action=a") == "block action=a target=192.0.2.1 for=1h");
}

TEST_CASE("addresses are canonical before anything looks at them") {
  CHECK(read("unblock target=::ffff:192.0.2.1") == "unblock target=192.0.2.1");
  CHECK(read("unblock target=::ffff:192.0.2.0/120") == "unblock target=192.0.2.0/24");
  CHECK(read("unblock target=2001:0DB8:0:0::1") == "unblock target=2001:db8::1");
  for (const char* target : {"fe80::1%eth0", "192.0.2.01", "192.0.2.1/24", "192.0.2.0/024", "0x7f.1", "127.1",
                             "2130706433", "[::1]", "localhost", "192.0.2.1:80", "192.0.2.1-192.0.2.9"}) {
    INFO(target);
    CHECK_FALSE(parse_request(std::string("unblock target=") + target));
  }
}

TEST_CASE("what is not exactly a request is refused") {
  using namespace std::string_literals;
  for (const std::string& text : {""s,
                                  " "s,
                                  "Block action=a target=192.0.2.1"s,
                                  "status "s,
                                  "status\n"s,
                                  " status"s,
                                  "status x"s,
                                  "status\0"s,
                                  "block action=a  target=192.0.2.1"s,
                                  "block\taction=a target=192.0.2.1"s,
                                  "block action=a target=192.0.2.1 extra=1"s,
                                  "block action=a action=b target=192.0.2.1"s,
                                  "block action=a"s,
                                  "block target=192.0.2.1"s,
                                  "block action= target=192.0.2.1"s,
                                  "block action=a;b target=192.0.2.1"s,
                                  "block action=a target=192.0.2.1 for=0s"s,
                                  "block action=a target=192.0.2.1 for=-5s"s,
                                  "block action=a target=192.0.2.1 for=5"s,
                                  "block action=a target=192.0.2.1 for=99999999999999999d"s,
                                  "unblock"s,
                                  "unblock action=a target=192.0.2.1"s,
                                  "protect target=192.0.2.1"s,
                                  "protect target=192.0.2.1 until=2026-01-02T03:04:05"s,
                                  "protect target=192.0.2.1 until=tomorrow"s,
                                  "list after=x"s,
                                  "list kind=everything"s,
                                  "unprotect"s,
                                  "unprotect target=192.0.2.1 until=2026-01-02T03:04:05Z"s,
                                  "block action=\xC3\xA4 target=192.0.2.1"s,
                                  std::string(65, 'a') + "=a"}) {
    INFO(text);
    CHECK_FALSE(parse_request(text));
  }
  CHECK_FALSE(parse_request("block action=" + std::string(65, 'a') + " target=192.0.2.1"));
  CHECK_FALSE(parse_request("status" + std::string(request_bytes_max, ' ')));
}

TEST_CASE("a refusal of a request says what was expected") {
  CHECK(read("blok") == "the verb is none of block, unblock, protect, unprotect, list, status, panic, arm");
  CHECK(read("block action=a") == "'block' takes action= and target=");
  CHECK(read("unblock") == "'unblock' takes either action= or target=");
  CHECK(read("status x=1") == "a key that 'status' does not take");
  CHECK(read("unblock action=a action=a") == "'action' is there twice");
}

TEST_CASE("frames are taken off a stream one by one, however it is cut") {
  const std::string stream = frame("status") + frame("list");
  std::string bytes;
  std::vector<std::string> found;
  for (const char byte : stream) {
    bytes.push_back(byte);
    const auto text = take_frame(bytes);
    REQUIRE(text);
    if (*text) found.push_back(**text);
  }

  CHECK(found == std::vector<std::string>{"status", "list"});
  CHECK(bytes.empty());
}

TEST_CASE("a length that no request has is an error") {
  using namespace std::string_literals;
  for (std::string bytes : {"\0\0\0\0"s, "\0\0\x10\x01"s, "\xFF\xFF\xFF\xFF"s, "GET / HTTP/1.1\r\n"s}) {
    INFO(bytes);
    CHECK_FALSE(take_frame(bytes));
  }
  std::string longest = frame(std::string(request_bytes_max, 'a'));
  CHECK(*take_frame(longest) == std::string(request_bytes_max, 'a'));
}

}  // namespace
}  // namespace alarum::enforcer

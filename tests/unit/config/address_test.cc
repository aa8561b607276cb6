#include "config/address.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum {

TEST_CASE("an address is a host and a port") {
  CHECK(parse_address("kafka-1.example:9092") == Address{"kafka-1.example", 9092});
  CHECK(parse_address("192.0.2.1:0") == Address{"192.0.2.1", 0});
  CHECK(parse_address("[2001:db8::1]:65535") == Address{"2001:db8::1", 65535});
}

TEST_CASE("what is no address is refused") {
  for (const std::string text : {"", "host", ":80", "host:", "host:65536", "host:-1", "::1:80", "[::1]",
                                 "[host]:80", "a b:80", "http://host:80", "host:80 "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text));
  }
}

}  // namespace alarum

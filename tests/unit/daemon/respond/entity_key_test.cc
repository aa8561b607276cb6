#include "daemon/respond/entity_key.h"

#include <catch2/catch.hpp>

namespace alarum {

TEST_CASE("an address has one key, however it is spelled") {
  CHECK(entity_key({"source.ip", "::ffff:192.0.2.1"}) == "192.0.2.1");
  CHECK(entity_key({"source.ip", "::FFFF:c000:201"}) == "192.0.2.1");
  CHECK(entity_key({"source.ip", "2001:DB8:0:0::1"}) == "2001:db8::1");
  CHECK(entity_key({"host.name", "2001:DB8::1"}) == "2001:db8::1");
  CHECK(entity_key({"source.ip", "fe80::1%Eth0"}) == "fe80::1%Eth0");
}

TEST_CASE("hosts and users are compared without regard to case, other things as they are") {
  CHECK(entity_key({"host.name", "WS-17.Example"}) == "ws-17.example");
  CHECK(entity_key({"user.name", "CORP\\Änn"}) == "corp\\änn");
  CHECK(entity_key({"file.path", "/Tmp/A"}) == "/Tmp/A");
}

TEST_CASE("a long value is cut between characters, and its key tells it from others that begin so") {
  const std::string beginning = std::string(entity_value_bytes_max - 1, 'x');
  const Entity one{"host.name", beginning + "ä" + std::string(1000, 'y')};
  const Entity other{"host.name", beginning + "ä" + std::string(1000, 'z')};

  CHECK(shown_value(one.value) == beginning + "…");
  CHECK(entity_key(one).size() < entity_value_bytes_max + 100);
  CHECK(entity_key(one).starts_with(beginning + "…"));
  CHECK(entity_key(one) != entity_key(other));
  CHECK(shown_value(std::string(entity_value_bytes_max, 'x')) == std::string(entity_value_bytes_max, 'x'));
}

TEST_CASE("loopback and unspecified addresses stand for nobody") {
  for (const char* const text :
       {"127.0.0.1", "127.8.9.10", "::1", "0:0::1", "::", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:0.0.0.0"}) {
    INFO(text);
    CHECK(is_address_of_nobody(text));
  }
  for (const char* const text : {"", "localhost", "128.0.0.1", "::2", "0.0.0.1"})
    CHECK_FALSE(is_address_of_nobody(text));
}

}  // namespace alarum

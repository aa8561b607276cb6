#include "config/quantity.h"

#include <catch2/catch.hpp>

#include <string>

namespace alarum {

TEST_CASE("durations are whole numbers with a unit") {
  CHECK(parse_duration("150ms") == 150'000);
  CHECK(parse_duration("30s") == 30'000'000);
  CHECK(parse_duration("15m") == 900'000'000);
  CHECK(parse_duration("1h") == 3'600'000'000);
  CHECK(parse_duration("2 d") == 172'800'000'000);
  CHECK(parse_duration("0s") == 0);
}

TEST_CASE("what is no duration is refused") {
  for (const std::string text :
       {"", "5", "s", "1.5s", "-1s", "1w", "1S", "5 ", "1h30m", "9223372036854775807d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("durations are told in the largest unit that divides them") {
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(90'000'000) == "90s");
  CHECK(duration_text(86'400'000'000) == "1d");
  CHECK(duration_text(1'500'000) == "1500ms");
}

}  // namespace alarum

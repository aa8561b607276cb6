#include "daemon/base/time.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// A text as a time and back; empty where it is none.
std::string again(std::string_view text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : std::string();
}

// RFC 3339 §5.6 and §5.8.
TEST_CASE("RFC 3339 and its relatives are read") {
  CHECK(again("1985-04-12T23:20:50.52Z") == "1985-04-12T23:20:50.520000Z");
  CHECK(again("1996-12-19T16:39:57-08:00") == "1996-12-20T00:39:57.000000Z");
  CHECK(again("1937-01-01T12:00:27.87+00:20") == "1937-01-01T11:40:27.870000Z");
  CHECK(again("2026-01-02 03:04:05") == "2026-01-02T03:04:05.000000Z");
  CHECK(again("2026-01-02t03:04:05z") == "2026-01-02T03:04:05.000000Z");
  CHECK(again("2026-01-02T03:04:05.123456789Z") == "2026-01-02T03:04:05.123456Z");
}

TEST_CASE("leap seconds and leap days are times, their absence is none") {
  CHECK(again("1990-12-31T23:59:60Z") == "1991-01-01T00:00:00.000000Z");
  CHECK(again("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000000Z");
  CHECK(again("2000-02-29T00:00:00Z") == "2000-02-29T00:00:00.000000Z");
  CHECK(again("1900-02-29T00:00:00Z").empty());
  CHECK(again("2025-02-29T00:00:00Z").empty());
}

TEST_CASE("what is no time is none") {
  for (const char* text :
       {"", "2026", "2026-01-02", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-01-02T24:00:00Z", "2026-01-02T00:60:00Z", "2026-01-02T00:00:61Z", "2026-01-02T00:00:00.Z",
        "2026-01-02T00:00:00+24:00", "2026-01-02T00:00:00Zx", "26-01-02T00:00:00Z",
        "2026-01-02T00:00:00.1234567890Z", " 2026-01-02T00:00:00Z", "2026-1-2T00:00:00Z"}) {
    INFO(text);
    CHECK(again(text).empty());
  }
}

TEST_CASE("the whole range of years can be told") {
  CHECK(again("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00.000000Z");
  CHECK(again("0001-01-01T00:00:00-01:00") == "0001-01-01T01:00:00.000000Z");
  CHECK(again("9999-12-31T23:59:59.999999Z") == "9999-12-31T23:59:59.999999Z");
  CHECK(format_time({0}) == "1970-01-01T00:00:00.000000Z");
  CHECK(format_time({-1}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("a time whose zone leads out of the calendar is none") {
  CHECK(again("9999-12-31T23:59:59-01:00").empty());
  CHECK(again("9999-12-31T23:59:60Z").empty());
  CHECK(again("0001-01-01T00:00:00+00:01").empty());
  CHECK(again("0000-01-01T00:00:00+01:00").empty());
}

TEST_CASE("a civil time keeps what was written, the zone apart") {
  const auto civil = parse_civil_time("2026-01-02T03:04:05+05:30");
  REQUIRE(civil);
  CHECK(civil->hour == 3);
  CHECK(civil->offset_minutes == 330);
  CHECK_FALSE(parse_civil_time("2026-01-02T03:04:05")->offset_minutes);
}

// ISO 8601 §5.7: week 1 is the one with the first Thursday.
TEST_CASE("weeks are those of ISO 8601") {
  const auto week = [](std::string_view day) {
    return parse_civil_time(std::string(day) + "T00:00:00")->iso_week();
  };
  CHECK(week("2026-01-01") == 1);
  CHECK(week("2025-12-29") == 1);
  CHECK(week("2024-12-30") == 1);
  CHECK(week("2027-01-01") == 53);
  CHECK(week("2021-01-03") == 53);
  CHECK(week("2021-01-04") == 1);
  CHECK(week("2023-01-01") == 52);
  CHECK(week("2026-07-15") == 29);
}

}  // namespace
}  // namespace alarum

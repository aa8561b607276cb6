#include "daemon/event/event_decoder.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

constexpr std::int64_t noon = 1767355200000000;  // 2026-01-02T12:00:00Z
constexpr Timestamp record_time{5};
constexpr Timestamp time_before{3};

/// The time of a record, with its basis: `2026-01-02T12:00:00.000000Z event`.
std::string time_of(std::string_view log_source, std::string bytes, std::optional<Timestamp> of_record = {},
                    std::optional<Timestamp> before = {}) {
  test::EventWorld world(log_source, {});
  if (!world.decode(std::move(bytes), of_record, before)) return "no event";
  const auto time = world.event().time();
  return (time ? format_time(*time) : "none") + " " +
         std::string(time_basis_name(world.event().time_basis()));
}

std::string windows_time(std::string bytes) { return time_of("windows", std::move(bytes)); }
std::string plain_time(std::string bytes) { return time_of("product=linux", std::move(bytes)); }

const std::string at_noon = "2026-01-02T12:00:00.000000Z event";
const std::string untold = "none unknown";

std::optional<UndecodableReason> outcome(const Record& record) {
  FieldTable fields;
  const BoundFormat format(make_fixed_format({}), fields);
  return EventDecoder(format, {}).decode(record, std::nullopt);
}

}  // namespace

TEST_CASE("event time is read from RFC 3339, from its relative with a space, and without a zone as UTC") {
  CHECK(windows_time(R"({"@timestamp":"2026-01-02T12:00:00Z"})") == at_noon);
  CHECK(windows_time(R"({"@timestamp":"2026-01-02T13:00:00+01:00"})") == at_noon);
  CHECK(windows_time(R"({"@timestamp":"2026-01-02 12:00:00"})") == at_noon);
  CHECK(windows_time(R"({"@timestamp":"2026-01-02 12:00:00.678"})") == "2026-01-02T12:00:00.678000Z event");
  CHECK(windows_time(R"({"@timestamp":"2026-01-02T12:00:00.123456789Z"})") ==
        "2026-01-02T12:00:00.123456Z event");
}

TEST_CASE("flat Windows events say their time as @timestamp, else as EventTime") {
  CHECK(windows_time(R"({"EventTime":"2026-01-02 12:00:00"})") == at_noon);
  CHECK(windows_time(R"({"EventTime":"2020-01-01 00:00:00","@timestamp":"2026-01-02T12:00:00Z"})") ==
        at_noon);
  CHECK(windows_time(R"({"EventTime":"2026-01-02 12:00:00","@timestamp":"yesterday"})") == at_noon);
  CHECK(windows_time(R"({"EventTime":"2026-01-02 12:00:00","@timestamp":null})") == at_noon);
  CHECK(windows_time(R"({"UtcTime":"2026-01-02 12:00:00"})") == untold);
}

TEST_CASE("XML events say their time as the attribute SystemTime of TimeCreated") {
  CHECK(
      windows_time(
          R"({"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2026-01-02T12:00:00Z"}}}}})") ==
      at_noon);
  CHECK(windows_time(R"({"Event":{"System":{}},"@timestamp":"2026-01-02T12:00:00Z"})") == untold);
}

TEST_CASE("plain events say their time under one of four names, in their order") {
  CHECK(plain_time(R"({"time":"2026-01-02T12:00:00Z"})") == at_noon);
  CHECK(plain_time(R"({"time":"2020-01-01T00:00:00Z","eventTime":"2026-01-02T12:00:00Z"})") == at_noon);
  CHECK(plain_time(R"({"eventTime":"2020-01-01T00:00:00Z","timestamp":"2026-01-02T12:00:00Z"})") == at_noon);
  CHECK(plain_time(R"({"timestamp":"2020-01-01T00:00:00Z","@timestamp":"2026-01-02T12:00:00Z"})") == at_noon);
}

TEST_CASE("what is no time, or no text, is no event time") {
  const std::string value =
      GENERATE("1767355200", "true", "{}", "[]", "null", R"("")", R"("1767355200")", R"("2026-01-02")",
               R"("2026-02-30T12:00:00Z")", R"("2026-01-02T24:00:00Z")", R"("2026-01-02T12:00:00Z ")",
               R"(" 2026-01-02T12:00:00Z")", R"("2026-01-02T12:00:00\u0000")", R"("12:00:00")");
  CAPTURE(value);
  CHECK(plain_time(R"({"@timestamp":)" + value + "}") == untold);
}

TEST_CASE("of several times in one field the first counts") {
  CHECK(plain_time(R"({"@timestamp":["2026-01-02T12:00:00Z","2020-01-01T00:00:00Z"]})") == at_noon);
  CHECK(plain_time(R"({"@timestamp":"2026-01-02T12:00:00Z","@timestamp":"2020-01-01T00:00:00Z"})") ==
        at_noon);
}

TEST_CASE("an event that says no time has its record's, else that of the event before, else none") {
  CHECK(time_of("windows", "{}", record_time, time_before) == "1970-01-01T00:00:00.000005Z record");
  CHECK(time_of("windows", "{}", std::nullopt, time_before) == "1970-01-01T00:00:00.000003Z record");
  CHECK(time_of("windows", "{}") == untold);
}

TEST_CASE("an event that claims a time outside of the calendar has its record's") {
  for (const char* const time : {"9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"}) {
    const std::string event = std::string(R"({"@timestamp":")") + time + "\"}";
    CHECK(time_of("windows", event, record_time) == "1970-01-01T00:00:00.000005Z record");
    CHECK(windows_time(event) == untold);
  }
}

TEST_CASE("an event that says its time keeps it, whatever the record's is") {
  CHECK(time_of("windows", R"({"@timestamp":"2026-01-02T12:00:00Z"})", record_time, time_before) == at_noon);
}

TEST_CASE("a time is forgotten with its event") {
  test::EventWorld world("windows", {});
  world.decode(R"({"@timestamp":"2026-01-02T12:00:00Z"})");
  REQUIRE(world.event().time() == Timestamp{noon});

  world.decode("{}");
  CHECK_FALSE(world.event().time().has_value());
  CHECK(world.event().time_basis() == TimeBasis::unknown);
}

TEST_CASE("an event has the coordinates of its record") {
  FieldTable fields;
  const BoundFormat format(make_fixed_format({}), fields);
  EventDecoder decoder(format, {});
  const Record record{{"kafka", "logs", 3, 812345, Timestamp{7}}, "{}", false};

  REQUIRE_FALSE(decoder.decode(record, std::nullopt).has_value());
  const Coordinates& at = decoder.event().coordinates();
  CHECK(at.source == "kafka");
  CHECK(at.topic == "logs");
  CHECK(at.partition == 3);
  CHECK(at.offset == 812345);
  CHECK(at.timestamp == Timestamp{7});
  CHECK(decoder.event().ordinal() == 0);
}

TEST_CASE("a record that its source has cut is too_large, though what is left may be an object") {
  CHECK(outcome({{}, "{}", true}) == UndecodableReason::too_large);
  CHECK(outcome({{}, "", true}) == UndecodableReason::too_large);
  CHECK(outcome({{}, "{", false}) == UndecodableReason::cut_off);
}

TEST_CASE("a decoder goes on after a record that is no event") {
  test::EventWorld world("windows", {"Image"});
  CHECK(world.values(R"({"Image":"a"})", "Image") == "[a]");
  CHECK(world.values(R"({"Image":"b)", "Image") == "no event");
  CHECK(world.values(R"({"Image":"c"})", "Image") == "[c]");
}

}  // namespace alarum

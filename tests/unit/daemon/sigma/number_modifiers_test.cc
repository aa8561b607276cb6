#include "daemon/sigma/modifiers.h"
#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

// Modifiers appendix, Numeric Modifiers.
TEST_CASE("lt, lte, gt and gte order numbers") {
  CHECK(selects("A|lt: 5", R"({"A": 4})"));
  CHECK_FALSE(selects("A|lt: 5", R"({"A": 5})"));
  CHECK(selects("A|lte: 5", R"({"A": 5})"));
  CHECK_FALSE(selects("A|lte: 5", R"({"A": 6})"));
  CHECK(selects("A|gt: 5", R"({"A": 6})"));
  CHECK_FALSE(selects("A|gt: 5", R"({"A": 5})"));
  CHECK(selects("A|gte: 5", R"({"A": 5})"));
  CHECK_FALSE(selects("A|gte: 5", R"({"A": 4})"));
  CHECK(selects("A|lt: -1.5", R"({"A": -1.51})"));
  CHECK(selects("A|gt: 9", R"({"A": 10})"));
}

// Ours: as equality compares; sources that know only text are common.
TEST_CASE("lt, lte, gt and gte read numbers in text") {
  CHECK(selects("A|gt: 9", R"({"A": "10"})"));
  CHECK(selects("A|lte: 9", R"({"A": "009"})"));
  CHECK_FALSE(selects("A|gt: 9", R"({"A": "ten"})"));
  CHECK_FALSE(selects("A|gt: 9", R"({"A": "0x10"})"));
  CHECK_FALSE(selects("A|lt: 9", R"({"A": ""})"));
  CHECK_FALSE(selects("A|gte: 0", R"({"A": true})"));
  CHECK_FALSE(selects("A|lt: 9", R"({"B": 1})"));
}

// Modifiers appendix, Numeric Modifiers: "can only be applied to numeric values".
TEST_CASE("lt, lte, gt and gte take numbers only") {
  const std::string modifier = GENERATE("lt", "lte", "gt", "gte");
  const std::string start = "6:7 invalid_modifier: modifier '" + modifier + "' takes a number, not ";
  CHECK(selection_problems("A|" + modifier + ": '5'") == start + "'5'");
  CHECK(selection_problems("A|" + modifier + ": null") == start + "null");
  CHECK(selection_problems("A|" + modifier + ": true") == start + "true");
}

// Modifiers appendix, Time Modifiers.
TEST_CASE("the time modifiers compare a part of a date") {
  const std::string_view event = R"({"T": "2026-02-03T04:05:06Z"})";
  CHECK(selects("T|minute: 5", event));
  CHECK(selects("T|hour: 4", event));
  CHECK(selects("T|day: 3", event));
  CHECK(selects("T|week: 6", event));
  CHECK(selects("T|month: 2", event));
  CHECK(selects("T|year: 2026", event));
  CHECK_FALSE(selects("T|hour: 5", event));
  CHECK(selects("T|hour: [3, 4]", event));
}

// Modifiers appendix, Time Modifiers: "extracts a numeric value", which the numeric modifiers compare.
TEST_CASE("a part of a date may be ordered") {
  CHECK(selects("T|hour|gte: 22", R"({"T": "2026-02-03 23:05:06.789"})"));
  CHECK_FALSE(selects("T|hour|gte: 22", R"({"T": "2026-02-03 21:59:59"})"));
  CHECK(selects("T|year|lt: 2000", R"({"T": "1999-12-31T23:59:59Z"})"));
  CHECK(selects("T|hour|neq: 4", R"({"T": "2026-02-03T05:05:06Z"})"));
  CHECK_FALSE(selection_problems("T|gte|hour: 22").empty());
}

// Modifiers appendix, Time Modifiers: "not designed to handle timezone or format conversions".
TEST_CASE("a date is read as it is written, whatever its zone") {
  CHECK(selects("T|hour: 23", R"({"T": "2026-02-03T23:05:06+05:00"})"));
  CHECK(selects("T|day: 3", R"({"T": "2026-02-03T23:05:06-05:00"})"));
}

// ISO 8601. The appendix says 1 to 52, but some years have a week 53.
TEST_CASE("weeks are those of ISO 8601, 1 to 53") {
  CHECK(selects("T|week: 53", R"({"T": "2021-01-01T00:00:00Z"})"));
  CHECK(selects("T|week: 1", R"({"T": "2024-12-30T00:00:00Z"})"));
}

// Modifiers appendix, Time Modifiers: "can only be applied to date values".
TEST_CASE("a time modifier does not match what is no date") {
  const std::string_view event = GENERATE(R"({"T": "4"})", R"({"T": 4})", R"({"T": "2026-02-30T04:00:00Z"})",
                                          R"({"T": "2026-02-03"})", R"({"T": 1770091506})", R"({"U": 1})");
  CHECK_FALSE(selects("T|hour|gte: 0", event));
}

// Modifiers appendix, Time Modifiers: "a numeric value".
TEST_CASE("a time modifier takes numbers only") {
  const std::string modifier = GENERATE("minute", "hour", "day", "week", "month", "year");
  CHECK(selection_problems("T|" + modifier + ": '4'") ==
        "6:7 invalid_modifier: modifier '" + modifier + "' takes a number, not '4'");
}

}  // namespace
}  // namespace alarum::sigma

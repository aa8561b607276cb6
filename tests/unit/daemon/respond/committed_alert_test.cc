#include "daemon/respond/committed_alert.h"

#include "daemon/alert/alert.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::alert_id;
using test::alert_json;
using test::AlertText;

/// The alert when `from` in it is written as `to`, the first time that it stands there.
Result<CommittedAlert> changed(const std::string& from, const std::string& to) {
  std::string json = alert_json({.name = "a"});
  const std::size_t at = json.find(from);
  REQUIRE(at != std::string::npos);
  json.replace(at, from.size(), to);
  return read_committed_alert(alert_id("a"), json);
}

/// What is wrong with it then; empty where nothing is.
std::string problem(const std::string& from, const std::string& to) {
  const auto read = changed(from, to);
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("an alert that a lane made is read back with its entities and times") {
  Alert alert;
  alert.id = alert_id("a");
  alert.rule = std::make_shared<const AlertRule>(
      AlertRule{"rule-1", "A \"title\"", "critical", "stable", {"t"}, "rev", {}});
  alert.first_event_time = test::ledger_time;
  alert.last_event_time = test::after(5);
  alert.entities = {{"host.name", "ws-17"}, {"user.name", "CORP\\ann"}};
  Evidence& evidence = alert.evidence.emplace_back();
  evidence.fields = {{"f", R"(["\ud83d\udd25",1])", 0}};
  std::string json = to_json(alert);
  json.pop_back();
  json += R"(,"detected_at":"2026-01-02T03:05:05.000001Z"})";

  const auto read = read_committed_alert(alert.id, json);
  INFO((read ? "" : read.error().message));
  REQUIRE(read.has_value());
  CHECK(read->rule_id == "rule-1");
  CHECK(read->rule_title == "A \"title\"");
  CHECK(read->level == "critical");
  CHECK(read->entities == alert.entities);
  CHECK(read->begins() == test::ledger_time);
  CHECK(read->ends() == test::after(5));
  CHECK(read->detected_at == Timestamp{test::after(60).microseconds + 1});
  CHECK(read->json == json);
}

TEST_CASE("hostile texts in an alert are read as the bytes that they are") {
  for (const std::string& text : test::hostile_texts()) {
    const auto read = test::committed({.name = "a", .title = text, .entities = {{"host.name", text}}});
    CHECK(read.rule_title == text);
    REQUIRE(read.entities.size() == 1);
    CHECK(read.entities.front().value == text);
  }
}

TEST_CASE("what is no alert of ours is refused with what is wrong") {
  CHECK(problem("alarum.alert/1", "alarum.alert/2") == "the alert is not of schema alarum.alert/1");
  CHECK(problem("\"alert_id\":\"", "\"alert_id\":\"0") == "the alert's id is not of 32 hex digits");
  CHECK(problem("\"rule\":{", "\"rule\":{\"id\":\"x\",") ==
        "the alert is no JSON: byte 113: a name comes twice in one object");
  CHECK(problem("\"id\":\"rule-1\"", "\"id\":7") == "'id' of the alert is a number, not a text");
  CHECK(problem("\"id\":\"rule-1\"", "\"id\":\"\"") == "the alert's rule has no id");
  CHECK(problem("\"detected_at\"", "\"detected\"") == "the alert has no 'detected_at'");
  CHECK(problem("03:05:05", "03:05:99") == "'detected_at' of the alert is no time");
  CHECK(read_committed_alert(alert_id("b"), alert_json({.name = "a"})).error().message ==
        "the alert's id is not the entry's key");
}

TEST_CASE("an alert is none the less one for what incidents can do without") {
  CHECK(problem("\"title\":\"Some Rule\"", "\"title\":7").empty());
  CHECK(problem("\"host.name\"", "\"\"").empty());
  CHECK(problem("\"entities\":[", "\"entities\":[7,").empty());
  CHECK(problem("\"entities\"", "\"others\"").empty());
  for (const char* const time :
       {"10000-01-01T00:59:59.000000Z", "-001-12-31T23:00:00.000000Z", "yesterday"}) {
    const auto read = changed("2026-01-02T03:04:05.000000Z", time);
    REQUIRE(read.has_value());
    CHECK_FALSE(read->first_event_time);
    CHECK(read->ends() == test::ledger_time);
  }
}

TEST_CASE("an alert that ends before it begins ends where it begins") {
  const auto read = changed("2026-01-02T03:04:05.000000Z", "2027-01-02T03:04:05.000000Z");
  REQUIRE(read.has_value());
  CHECK(read->ends() == read->begins());
}

TEST_CASE("keys that came later within the version are no reason to refuse an alert") {
  CHECK(problem("{\"schema\"", "{\"new\":{\"a\":[1]},\"schema\"").empty());
}

TEST_CASE("a level that is none counts as the least, and an alert without event times by its decision") {
  const auto read = test::committed({.name = "a", .level = "", .first = {}});

  CHECK(read.level == "informational");
  CHECK(read.begins() == test::after(60));
  CHECK(read.ends() == test::after(60));
}

TEST_CASE("an entity that is named twice counts once, and not more than 64 count") {
  AlertText text{.name = "a", .entities = {}};
  for (int i = 0; i < 200; ++i) text.entities.push_back({"user.name", "u" + std::to_string(i / 2)});

  CHECK(test::committed(text).entities.size() == alert_entities_max);
}

}  // namespace alarum

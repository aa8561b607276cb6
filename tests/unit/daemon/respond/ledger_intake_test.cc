#include "daemon/respond/ledger_intake.h"

#include "daemon/respond/entity_key.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::AlertText;
using test::LedgerWorld;
using Rows = std::vector<std::string>;

constexpr const char* incidents = "SELECT alerts FROM incidents ORDER BY incident_number";

AlertText alert(const std::string& name, std::int64_t seconds, std::vector<Entity> entities) {
  return {
      .name = name, .entities = std::move(entities), .first = after(seconds), .detected = after(seconds + 1)};
}

}  // namespace

TEST_CASE("1,500 matches of one rule on one entity are one incident with a count and its times") {
  LedgerWorld world;
  std::vector<AlertText> alerts;
  for (int i = 0; i < 1500; ++i)
    alerts.push_back(alert("a" + std::to_string(i), 2 * i, {{"host.name", "h"}}));
  REQUIRE(world.insert(alerts));

  CHECK(world.rows("SELECT incident_id, alerts, state, level FROM incidents", 4) ==
        Rows{incident_id_of(test::alert_id("a0")) + "|1500|new|high"});
  CHECK(world.rows("SELECT alerts, (last_us - first_us) / (alerts - 1) / 1000000 FROM incident_rules", 2) ==
        Rows{"1500|2"});
  CHECK(world.number("SELECT count(*) FROM alerts") == 1500);
  CHECK(world.number("SELECT count(*) FROM journal") == 1);
}

TEST_CASE("alerts of different rules that share an entity within the time are one incident") {
  LedgerWorld world;
  AlertText other = alert("b", 3600, {{"user.name", "ann"}, {"host.name", "h"}});
  other.rule = "rule-2";
  REQUIRE(
      world.insert({alert("a", 0, {{"host.name", "h"}}), other, alert("c", 7200, {{"user.name", "ann"}})}));

  CHECK(world.rows(incidents, 1) == Rows{"3"});
  CHECK(world.rows("SELECT type, value, alerts FROM incident_entities", 3) ==
        Rows{"host.name|h|2", "user.name|ann|2"});
}

TEST_CASE("alerts apart in time, or without a common entity, are incidents of their own") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), alert("b", 3601, {{"host.name", "h"}}),
                        alert("c", 0, {{"host.name", "i"}}), alert("d", 0, {{"user.name", "h"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"1", "1", "1", "1"});
}

TEST_CASE("an alert that arrives late joins the incident of its time") {
  LedgerWorld world;
  AlertText late = alert("c", -60, {{"host.name", "h"}});
  late.detected = after(20'001);
  REQUIRE(
      world.insert({alert("a", 0, {{"host.name", "h"}}), alert("b", 20'000, {{"host.name", "h"}}), late}));

  CHECK(world.rows(incidents, 1) == Rows{"2", "1"});
  CHECK(world.rows("SELECT first_event_us FROM incidents", 1).front() ==
        std::to_string(after(-60).microseconds));
}

TEST_CASE("an event that claims to be of long ago, or of the future, joins what is near its detection") {
  LedgerWorld world;
  AlertText old = alert("b", -30 * 86'400, {{"host.name", "h"}});
  old.detected = after(86'400);
  AlertText young = alert("c", 90 * 86'400, {{"host.name", "h"}});
  young.detected = after(30);
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), old, young}));

  CHECK(world.rows(incidents, 1) == Rows{"3"});
  CHECK(world.rows("SELECT last_event_us FROM incidents", 1).front() ==
        std::to_string(after(90 * 86'400).microseconds));
}

TEST_CASE("spellings of one host, user or address are one entity, shown as it was first written") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "WS-17"}, {"user.name", "Ann"}}),
                        alert("b", 1, {{"host.name", "ws-17"}}), alert("c", 2, {{"user.name", "ANN"}}),
                        alert("d", 3, {{"source.ip", "192.0.2.1"}}),
                        alert("e", 4, {{"source.ip", "::ffff:192.0.2.1"}})}));

  CHECK(world.rows(incidents, 1) == Rows{"3", "2"});
  CHECK(world.rows("SELECT value, alerts FROM incident_entities ORDER BY type, value", 2) ==
        Rows{"WS-17|2", "192.0.2.1|2", "Ann|2"});
}

TEST_CASE("addresses that every host has join nothing, however they are spelled") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}, {"source.ip", "::1"}}),
                        alert("b", 0, {{"host.name", "i"}, {"source.ip", "0:0:0:0:0:0:0:1"}}),
                        alert("c", 0, {{"host.name", "j"}, {"source.ip", "::ffff:127.0.0.7"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"1", "1", "1"});
}

TEST_CASE("a value that is too long is cut in the ledger, and joins what is alike to its end") {
  LedgerWorld world;
  const std::string beginning(5000, 'x');
  REQUIRE(world.insert({alert("a", 0, {{"host.name", beginning + "1"}}),
                        alert("b", 0, {{"host.name", beginning + "2"}}),
                        alert("c", 0, {{"host.name", beginning + "1"}})}));

  CHECK(world.rows(incidents, 1) == Rows{"2", "1"});
  CHECK(world.number("SELECT max(length(key) + length(value)) FROM incident_entities") < 2200);
}

TEST_CASE("an alert is joined by its first sixteen entities") {
  LedgerWorld world;
  std::vector<Entity> many;
  for (int i = 0; i < 17; ++i) many.push_back({"user.name", "u" + std::to_string(i)});
  REQUIRE(world.insert(
      {alert("a", 0, many), alert("b", 0, {{"user.name", "u15"}}), alert("c", 0, {{"user.name", "u16"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"2", "1"});
  CHECK(world.number("SELECT count(*) FROM open_entities") == 17);
}

TEST_CASE("an incident that is resolved is none that an alert is compared with any more") {
  LedgerWorld world;
  for (int i = 0; i < 200; ++i)
    REQUIRE(world.insert({alert("a" + std::to_string(i), 60 * 120 * i, {{"host.name", "h"}})}));
  REQUIRE(world.database().run("UPDATE incidents SET state = 'resolved' WHERE incident_number < 200"));

  CHECK(world.number("SELECT count(*) FROM open_entities") == 1);
  CHECK(world.number("SELECT count(*) FROM incident_entities") == 200);
}

TEST_CASE("of many open incidents that an alert fits the newest 64 are looked at") {
  LedgerWorld world;
  for (int i = 0; i < 70; ++i) {
    const std::string host = "h" + std::to_string(i);
    REQUIRE(world.insert({alert(host, i, {{"host.name", host}})}));
  }
  REQUIRE(
      world.database().run("INSERT INTO open_entities SELECT 'user.name', 'ann', incident_number, first_us,"
                           " last_us FROM open_entities"));
  REQUIRE(world.insert({alert("a", 70, {{"user.name", "Ann"}})}));

  CHECK(world.rows("SELECT incident_number FROM incidents WHERE alerts = 2", 1) == Rows{"7"});
}

TEST_CASE("a transaction takes no more alerts than its time allows, and the rest comes with the next") {
  /// Every look at it takes 60 ms.
  class SlowClock final : public Clock {
   public:
    Timestamp wall() override { return {}; }
    Duration steady() override { return now_ += std::chrono::milliseconds(60); }

   private:
    Duration now_{0};
  };
  LedgerWorld world;
  SlowClock clock;
  const auto intake = LedgerIntake::prepare(world.database(), world.grouping, clock);
  REQUIRE(intake.has_value());
  std::vector<CommittedAlert> alerts;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    alerts.push_back(test::committed(alert("a" + std::to_string(i), 0, {{"host.name", "h"}})));
    alerts.back().sequence = i;
  }

  CHECK(*(*intake)->insert(alerts, 9) == 2);
  CHECK(world.number("SELECT count(*) FROM alerts") == 2);
  CHECK(*(*intake)->position() == 2);
  CHECK(*(*intake)->insert(std::span(alerts).subspan(4), 9) == 1);
  CHECK(*(*intake)->position() == 9);
}

TEST_CASE("an alert that fits two incidents goes to the older one") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), alert("b", 0, {{"user.name", "ann"}}),
                        alert("c", 1, {{"user.name", "ann"}, {"host.name", "h"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"2", "1"});
}

TEST_CASE("shared accounts and types that are not configured join nothing") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}, {"user.name", "root"}, {"url.domain", "x"}}),
                        alert("b", 0, {{"host.name", "i"}, {"user.name", "Root"}, {"url.domain", "x"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"1", "1"});
}

TEST_CASE("alerts that name nobody are grouped by their rule") {
  LedgerWorld world;
  AlertText other = alert("c", 0, {});
  other.rule = "rule-2";
  REQUIRE(world.insert({alert("a", 0, {}), alert("b", 1, {{"user.name", "root"}}), other}));

  CHECK(world.rows(incidents, 1) == Rows{"2", "1"});
  CHECK(world.rows("SELECT type, value FROM incident_entities WHERE type = 'rule.id' ORDER BY value", 2) ==
        Rows{"rule.id|rule-1", "rule.id|rule-2"});
}

TEST_CASE("a resolved incident takes no alerts: a later one opens a new one") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}})}));
  REQUIRE(world.database().run("UPDATE incidents SET state = 'resolved'"));
  REQUIRE(world.insert({alert("b", 1, {{"host.name", "h"}})}));
  CHECK(world.rows(incidents, 1) == Rows{"1", "1"});
}

TEST_CASE("a second insert does nothing, in the same transaction or another") {
  LedgerWorld world;
  const AlertText one = alert("a", 0, {{"host.name", "h"}});
  REQUIRE(world.insert({one, one}));
  world.reopen();
  REQUIRE(world.insert({one, alert("b", 1, {{"host.name", "h"}})}));

  CHECK(world.rows(incidents, 1) == Rows{"2"});
  CHECK(world.number("SELECT count(*) FROM journal") == 1);
}

TEST_CASE(
    "a ledger made anew from the same alerts has the same incidents, however they are cut into groups") {
  std::vector<AlertText> alerts;
  for (int i = 0; i < 60; ++i)
    alerts.push_back(alert("a" + std::to_string(i), 900 * i, {{"host.name", "h" + std::to_string(i % 7)}}));
  LedgerWorld together;
  LedgerWorld apart;
  REQUIRE(together.insert(alerts));
  for (const AlertText& one : alerts) REQUIRE(apart.insert({one}));

  const std::string sql = "SELECT incident_id, alerts, first_event_us, last_event_us FROM incidents";
  CHECK(together.rows(sql, 4).size() > 7);
  CHECK(together.rows(sql, 4) == apart.rows(sql, 4));
}

TEST_CASE("an incident is as bad as its worst alert, is called after it, and the journal says since when") {
  LedgerWorld world;
  AlertText worse = alert("b", 1, {{"host.name", "h"}});
  worse.level = "critical";
  worse.title = "Worse";
  AlertText lesser = alert("c", 2, {{"host.name", "h"}});
  lesser.level = "low";
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), worse, lesser}));

  CHECK(world.rows("SELECT level, title, revision FROM incidents", 3) == Rows{"critical|Worse|2"});
  CHECK(world.rows("SELECT who, change, from_value, to_value, why, phase FROM journal", 6) ==
        Rows{"alarumd|opened||new|alert " + test::alert_id("a") + "|detect",
             "alarumd|level|high|critical|alert " + test::alert_id("b") + "|"});
}

TEST_CASE("an incident that gets worse has another revision: what was seen of it is not what it is") {
  LedgerWorld world;
  AlertText worse = alert("b", 1, {{"host.name", "h"}});
  worse.level = "critical";
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), alert("c", 0, {{"host.name", "h"}})}));
  CHECK(world.number("SELECT revision FROM incidents") == 1);
  REQUIRE(world.insert({worse}));
  CHECK(world.number("SELECT revision FROM incidents") == 2);
}

TEST_CASE("the journal says that alerts join what somebody has looked at, once after each change") {
  LedgerWorld world;
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), alert("b", 0, {{"host.name", "h"}})}));
  const auto change = [&] {
    REQUIRE(world.database().run("UPDATE incidents SET state = 'acknowledged', revision = revision + 1"));
  };
  change();
  REQUIRE(world.insert({alert("c", 1, {{"host.name", "h"}}), alert("d", 1, {{"host.name", "h"}})}));
  change();
  REQUIRE(world.insert({alert("e", 1, {{"host.name", "h"}})}));

  CHECK(
      world.rows("SELECT change, to_value, why FROM journal WHERE change <> 'opened'", 3) ==
      Rows{"joined|Some Rule|alert " + test::alert_id("c"), "joined|Some Rule|alert " + test::alert_id("e")});
}

TEST_CASE("time to detect begins with the first event, unless its time cannot be right") {
  LedgerWorld world;
  AlertText forged = alert("b", 50, {{"host.name", "i"}});
  forged.detected = after(0);
  AlertText timeless = alert("c", 0, {{"host.name", "j"}});
  timeless.first = std::nullopt;
  AlertText old = alert("d", -31 * 86'400, {{"host.name", "k"}});
  old.detected = after(0);
  REQUIRE(world.insert({alert("a", 0, {{"host.name", "h"}}), forged, timeless, old}));

  CHECK(world.rows("SELECT at_us - since_us, unmeasured FROM journal", 2) ==
        Rows{"1000000|", "|future", "|no_time", "|past"});
}

TEST_CASE("hostile texts are in the ledger as the bytes that they are") {
  LedgerWorld world;
  std::vector<AlertText> alerts;
  int number = 0;
  for (const std::string& text : test::hostile_texts()) {
    alerts.push_back({.name = "a" + std::to_string(++number),
                      .rule = text,
                      .title = text,
                      .entities = {{"host.name", text}, {text, text}}});
  }
  REQUIRE(world.insert(alerts));
  REQUIRE(world.insert(alerts));

  CHECK(world.number("SELECT count(*) FROM incidents") == number);
  CHECK(world.rows("SELECT title FROM incidents ORDER BY incident_number", 1) == test::hostile_texts());
  std::vector<std::string> wanted;
  for (const std::string& text : test::hostile_texts()) wanted.push_back(shown_value(text));
  const auto same = world.rows(
      "SELECT value FROM incident_entities JOIN incidents USING (incident_id)"
      " WHERE type = 'host.name' ORDER BY incident_number",
      1);
  CHECK(same == wanted);
  for (const AlertText& one : alerts)
    CHECK(world.rows("SELECT alert_json FROM alerts WHERE alert_id = '" + test::alert_id(one.name) + "'",
                     1) == Rows{test::alert_json(one)});
}

TEST_CASE("times at the ends of the calendar do not overflow") {
  LedgerWorld world;
  AlertText early = alert("a", 0, {{"host.name", "h"}});
  early.first = parse_time("0001-01-01T00:00:00Z");
  AlertText late = early;
  late.name = "b";
  late.first = parse_time("9999-12-31T23:59:59.999999Z");
  REQUIRE(world.insert({early, late}));
  CHECK(world.rows("SELECT last_event FROM incident_list", 1) ==
        Rows{"9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z"});
}

}  // namespace alarum

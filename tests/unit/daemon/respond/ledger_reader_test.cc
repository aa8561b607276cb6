#include "daemon/respond/ledger_reader.h"

#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::AlertText;
using test::LedgerWorld;

/// A ledger with five incidents on hosts h0 to h4, and a reader.
struct ReaderWorld : LedgerWorld {
  ReaderWorld() {
    const std::vector<std::string> levels = {"low", "high", "critical", "medium", ""};
    for (std::size_t i = 0; i < levels.size(); ++i)
      REQUIRE(insert({AlertText{.name = "a" + std::to_string(i),
                                .level = levels[i],
                                .entities = {{"host.name", "h" + std::to_string(i)}}}}));
    REQUIRE(database().run("UPDATE incidents SET assignee = 'ann' WHERE incident_number > 3"));
    REQUIRE(database().run("UPDATE incidents SET state = 'resolved' WHERE incident_number = 1"));
    auto opened = LedgerReader::open(path());
    REQUIRE(opened.has_value());
    reader = *std::move(opened);
  }

  std::vector<std::int64_t> numbers(const IncidentFilter& filter, std::size_t limit = 100) {
    const auto found = reader->list(filter, {limit});
    REQUIRE(found.has_value());
    std::vector<std::int64_t> out;
    for (const IncidentSummary& one : found->items) out.push_back(one.number);
    return out;
  }

  std::unique_ptr<LedgerReader> reader;
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("incidents are listed newest first, open ones unless asked otherwise, a page at a time") {
  ReaderWorld world;
  CHECK(world.numbers({}) == Numbers{5, 4, 3, 2});
  CHECK(world.numbers({}, 2) == Numbers{5, 4});
  CHECK(world.numbers({.before = 4}, 2) == Numbers{3, 2});
  CHECK(world.numbers({.is_any_state = true}) == Numbers{5, 4, 3, 2, 1});
}

TEST_CASE("incidents are found by state, level and assignee") {
  ReaderWorld world;
  CHECK(world.numbers({.state = IncidentState::resolved}) == Numbers{1});
  CHECK(world.numbers({.level_min = "high"}) == Numbers{3, 2});
  CHECK(world.numbers({.assignee = "ann"}) == Numbers{5, 4});
  CHECK(world.numbers({.assignee = ""}) == Numbers{3, 2});
  CHECK(world.numbers({.assignee = "' OR 1=1 --"}).empty());
}

TEST_CASE("what is read of one moment does not change, and the next moment has the news") {
  ReaderWorld world;
  {
    const auto moment = world.reader->moment();
    REQUIRE(moment.has_value());
    REQUIRE(world.numbers({}).size() == 4);
    REQUIRE(world.insert({{.name = "b", .entities = {{"host.name", "new"}}}}));
    CHECK(world.numbers({}).size() == 4);
  }
  CHECK(world.numbers({}).size() == 5);
}

TEST_CASE("an incident has its rules, entities, journal and alerts, each bounded") {
  LedgerWorld world;
  std::vector<AlertText> alerts;
  for (int i = 0; i < 10; ++i)
    alerts.push_back({.name = "a" + std::to_string(i),
                      .rule = "rule-" + std::to_string(i % 3),
                      .entities = {{"host.name", "h"}, {"user.name", "u" + std::to_string(i)}},
                      .first = after(i)});
  REQUIRE(world.insert(alerts));
  const auto reader = LedgerReader::open(world.path());
  REQUIRE(reader.has_value());
  const std::string id = incident_id_of(test::alert_id("a0"));

  const auto rules = (*reader)->rules(id, {2});
  REQUIRE(rules->items.size() == 2);
  CHECK(rules->is_cut);
  CHECK(rules->items.front().name == "rule-0");
  CHECK(rules->items.front().alerts == 4);
  CHECK(rules->items.front().last == after(9));
  const auto entities = (*reader)->entities(id, {11});
  REQUIRE(entities->items.size() == 11);
  CHECK_FALSE(entities->is_cut);
  CHECK(entities->items.front().value == "h");
  CHECK(entities->items.front().alerts == 10);
  CHECK((*reader)->journal(id, 0, {})->items.front().change == "opened");
  CHECK((*reader)->notes(id, 0, {})->items.empty());
  const auto newest = (*reader)->alerts(id, 0, {2});
  REQUIRE(newest->items.size() == 2);
  CHECK(newest->items.front().json == test::alert_json(alerts[9]));
  CHECK((*reader)->alerts(id, newest->items.back().number, {2})->items.front().json ==
        test::alert_json(alerts[7]));
}

TEST_CASE("of an incident with countless rules and entities no more are read than are shown") {
  LedgerWorld world;
  const auto plan = [&](const std::string& table, const std::string& order) {
    std::string out;
    for (const std::string& row : world.rows("EXPLAIN QUERY PLAN SELECT * FROM " + table +
                                                 " WHERE incident_id = ? ORDER BY " + order + " LIMIT 101",
                                             4))
      out += row + "\n";
    return out;
  };
  const std::string rules = plan("incident_rules", "alerts DESC, rule_id");
  const std::string entities = plan("incident_entities", "alerts DESC, type, key");

  CHECK(rules.find("USING INDEX rules_by_alerts") != std::string::npos);
  CHECK(rules.find("TEMP B-TREE") == std::string::npos);
  CHECK(entities.find("USING INDEX entities_by_alerts") != std::string::npos);
  CHECK(entities.find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("a list ends where its bytes end, behind its first item, and of notes the oldest are left out") {
  LedgerWorld world;
  REQUIRE(world.insert({{.name = "a"}}));
  const std::string id = incident_id_of(test::alert_id("a"));
  for (const char* const text : {"11111", "22222", "33333"})
    REQUIRE(world.database().run("INSERT INTO notes (incident_id, at_us, who, kind, markdown) VALUES ('" +
                                 id + "', 1, '', 'finding', '" + text + "')"));
  const auto reader = LedgerReader::open(world.path());
  REQUIRE(reader.has_value());
  const auto texts = [&](std::int64_t before, LedgerPage page) {
    std::string out;
    const auto notes = (*reader)->notes(id, before, page);
    REQUIRE(notes.has_value());
    for (const IncidentNote& note : notes->items) out += note.markdown.substr(0, 1);
    return out + (notes->is_cut ? "+" : "");
  };

  CHECK(texts(0, {10, 1000}) == "123");
  CHECK(texts(0, {10, 12}) == "23+");
  CHECK(texts(0, {10, 1}) == "3+");
  CHECK(texts(0, {10, 0}) == "3+");
  CHECK(texts(0, {2, 1000}) == "23+");
  CHECK(texts(2, {10, 1000}) == "1");
}

}  // namespace alarum

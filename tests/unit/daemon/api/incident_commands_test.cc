#include "daemon/api/incident_commands.h"

#include "daemon/base/json_node.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <unistd.h>

namespace alarum {
namespace {

using test::after;
using test::AlertText;
using test::LedgerWorld;

/// A ledger with one incident, and who answers about it.
struct CommandWorld : LedgerWorld {
  CommandWorld() {
    clock.time = after(100);
    REQUIRE(insert({{.name = "a"}, {.name = "b", .first = after(5)}}));
    auto opened = IncidentCommands::open(path(), "", clock, damage);
    REQUIRE(opened.has_value());
    commands = *std::move(opened);
  }

  std::string ask(const std::string& line, uid_t user = 0) {
    const auto request = parse_control_request(line);
    REQUIRE(request.has_value());
    return commands->answer(*request, {user, {user}});
  }
  /// A command about the incident, with what else it takes.
  std::string about(const std::string& command, const std::string& more, uid_t user = 0) {
    return ask(R"({"command":")" + command + R"(","incident":")" + id + "\"" + more + "}", user);
  }

  std::string id = incident_id_of(test::alert_id("a"));
  std::unique_ptr<IncidentCommands> commands;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the list of incidents says what each is, and where the next page begins") {
  CommandWorld world;
  CHECK(world.ask(R"({"command":"incident_list"})") ==
        R"({"schema":"alarum.incident_list/1","incidents":[{"incident_id":")" + world.id +
            R"(","state":"new","level":"high","title":"Some Rule","opened":"2026-01-02T03:05:05.000000Z",)"
            R"("first_event_time":"2026-01-02T03:04:05.000000Z",)"
            R"("last_event_time":"2026-01-02T03:04:10.000000Z","alerts":2,"assignee":null,"verdict":null,)"
            R"("revision":1}],"next_before":null})");
  REQUIRE(world.insert({{.name = "c", .entities = {{"host.name", "other"}}}}));
  CHECK(has(world.ask(R"({"command":"incident_list","limit":1})"), R"("next_before":2})"));
  CHECK(has(world.ask(R"({"command":"incident_list","limit":1,"before":2})"), R"("next_before":null})"));
}

TEST_CASE("an incident is shown with rules, entities, notes, journal and alerts as they were committed") {
  CommandWorld world;
  const std::string answer = world.about("incident_show", "");

  CHECK(has(answer, R"("rules":[{"id":"rule-1","title":"Some Rule","level":"high","alerts":2,)"
                    R"("first":"2026-01-02T03:04:05.000000Z","last":"2026-01-02T03:04:10.000000Z",)"
                    R"("repeat_interval_seconds":5.000}],"rules_cut":false)"));
  CHECK(has(answer, R"("entities":[{"type":"host.name","value":"ws-17","alerts":2,)"));
  CHECK(has(answer, R"("who":"alarumd","who_uid":null,"change":"opened","from":"","to":"new")"));
  CHECK(has(answer, test::alert_json({.name = "a"})));
  CHECK(has(answer, R"("next_alerts_before":null})"));
  CHECK(answer.find('\n') == std::string::npos);
}

TEST_CASE("people change incidents by name and revision, and a stale edit is refused") {
  CommandWorld world;
  CHECK(has(world.about("incident_acknowledge", R"(,"revision":1,"why":"on it")"),
            R"({"schema":"alarum.incident_edit/1","incident":{"incident_id":")" + world.id +
                R"(","state":"acknowledged")"));
  CHECK(world.about("incident_assign", R"(,"revision":1,"assignee":"bob")") ==
        R"({"error":"incident )" + world.id +
            R"( has changed meanwhile: it is at revision 2, not 1; look at it again","reason":"stale"})");
  CHECK(has(world.about("incident_assign", R"(,"revision":2,"assignee":"bob")"), R"("assignee":"bob")"));
  CHECK(has(world.about("incident_contain", R"(,"revision":3)"), R"("state":"contained")"));
  CHECK(has(world.about("incident_note", R"(,"kind":"decision","markdown":"# Off\n")"), R"("revision":4)"));
  CHECK(has(world.about("incident_close", R"(,"revision":4,"verdict":"true_positive","why":"x")"),
            R"("state":"resolved")"));
  CHECK(world.rows("SELECT DISTINCT who, who_uid FROM journal WHERE journal_number > 1", 2) ==
        std::vector<std::string>{"root|0"});
  CHECK(world.rows("SELECT who, who_uid FROM notes", 2) == std::vector<std::string>{"root|0"});
}

TEST_CASE("a note that another program wrote has no number of a user") {
  CommandWorld world;
  REQUIRE(
      world.database().run("INSERT INTO notes (incident_id, at_us, who, kind, markdown) SELECT"
                           " incident_id, 1, 'ann', 'finding', 'x' FROM incidents"));
  CHECK(has(world.about("incident_show", ""), R"("who":"ann","who_uid":null,"kind":"finding")"));
}

TEST_CASE("who is neither root nor the daemon nor an analyst reads and does not change") {
  CommandWorld world;
  const uid_t stranger = geteuid() + 4711;
  CHECK(has(world.ask(R"({"command":"incident_list"})", stranger), "\"incidents\":[{"));
  CHECK(has(world.about("incident_acknowledge", R"(,"revision":1)", stranger), R"("reason":"forbidden")"));
  CHECK(has(world.about("incident_note", R"(,"kind":"finding","markdown":"x")", stranger),
            R"("reason":"forbidden")"));
  CHECK(world.rows("SELECT state FROM incidents", 1) == std::vector<std::string>{"new"});
}

TEST_CASE("what is missing or makes no sense is said with its reason") {
  CommandWorld world;
  CHECK(has(world.about("incident_acknowledge", ""), R"("error":"the request has no 'revision'")"));
  CHECK(has(world.about("incident_close", R"(,"revision":1)"), "the request has no 'verdict'"));
  CHECK(has(world.about("incident_close", R"(,"revision":1,"verdict":"true_positive")"),
            "the request has no 'why'"));
  CHECK(has(world.ask(R"({"command":"incident_show","incident":"ffff"})"), R"("reason":"not_found")"));
  CHECK(has(world.ask(R"({"command":"incident_list","state":"odd"})"), "'state' is one of open all new"));
  CHECK(has(world.ask(R"({"command":"incident_list","level":"bad"})"), "'level' is one of informational"));
  CHECK(IncidentCommands::open(world.path(), "no such group", world.clock, world.damage).error().message ==
        "there is no group 'no such group'");
}

TEST_CASE("a ledger that is damaged can be read and not changed") {
  CommandWorld world;
  world.damage.note({ErrorCode::unsupported, "malformed"});
  CHECK(has(world.about("incident_acknowledge", R"(,"revision":1)"), R"("reason":"unavailable")"));
  CHECK(has(world.about("incident_show", ""), R"("state":"new")"));
}

TEST_CASE("hostile texts come back as the bytes that they are") {
  LedgerWorld ledger;
  std::vector<std::string> wanted = test::hostile_texts();
  for (const std::string& text : wanted)
    REQUIRE(ledger.insert({{.name = text, .title = text, .entities = {{"host.name", text}}}}));
  auto commands = IncidentCommands::open(ledger.path(), "", ledger.clock, ledger.damage);
  REQUIRE(commands.has_value());

  const auto request = parse_control_request(R"({"command":"incident_list"})");
  const auto list = parse_json((*commands)->answer(*request, {0, {0}}), {});
  REQUIRE(list.has_value());
  std::vector<std::string> found;
  for (const JsonNode& incident : list->find("incidents")->items)
    found.insert(found.begin(), incident.find("title")->text);
  CHECK(found == wanted);
}

TEST_CASE("an incident that attackers filled shows what people wrote, and ends each list by itself") {
  CommandWorld world;
  std::vector<AlertText> alerts;
  for (int i = 0; i < 100; ++i) {
    alerts.push_back({.name = "x" + std::to_string(i), .rule = "r" + std::to_string(i)});
    for (int k = 0; k < 12; ++k)
      alerts.back().entities.push_back(
          {"user.name", std::to_string(i * 100 + k) + std::string(2000, '\x01')});
  }
  REQUIRE(world.insert(alerts));
  for (int i = 0; i < 150; ++i)
    REQUIRE(has(world.about("incident_note", R"(,"kind":"finding","markdown":")" + std::to_string(i) +
                                                 std::string(30'000, 'n') + "\""),
                "alarum.incident_edit/1"));
  const std::string answer = world.about("incident_show", "");
  CHECK(answer.size() < (8U << 20U));
  const auto shown = parse_json(answer, {});
  REQUIRE(shown.has_value());

  const auto& notes = shown->find("notes")->items;
  CHECK(notes.size() > 30);
  CHECK(notes.back().text_of("markdown").starts_with("149nnn"));
  CHECK(shown->find("journal")->items.size() == 1);
  CHECK(shown->text_of("next_journal_before").empty());
  CHECK(shown->text_of("entities_cut") == "true");
  CHECK(shown->find("entities")->items.size() > 40);
  CHECK(shown->find("alerts")->items.size() > 5);
  std::size_t seen = notes.size();
  for (std::string next = shown->text_of("next_notes_before"); !next.empty();) {
    const auto page = parse_json(world.about("incident_show", ",\"notes_before\":" + next), {});
    seen += page->find("notes")->items.size();
    next = page->text_of("next_notes_before");
  }
  CHECK(seen == 150);
}

TEST_CASE("an answer ends where it grows too long, and says where to go on") {
  LedgerWorld ledger;
  for (int i = 0; i < 9; ++i) {
    const std::string host = "h" + std::to_string(i);
    REQUIRE(ledger.insert(
        {{.name = host, .title = std::string(1U << 20U, 'x'), .entities = {{"host.name", host}}}}));
  }
  auto commands = IncidentCommands::open(ledger.path(), "", ledger.clock, ledger.damage);
  REQUIRE(commands.has_value());
  std::string next = "null";
  std::size_t pages = 0;
  std::size_t incidents = 0;
  do {
    const std::string before = next == "null" ? "" : ",\"before\":" + next;
    const auto request = parse_control_request(R"({"command":"incident_list")" + before + "}");
    const std::string answer = (*commands)->answer(*request, {0, {0}});
    CHECK(answer.size() < (6U << 20U));
    const auto list = parse_json(answer, {});
    incidents += list->find("incidents")->items.size();
    next = list->find("next_before")->is_null() ? "null" : list->find("next_before")->text;
    ++pages;
  } while (next != "null" && pages < 20);

  CHECK(incidents == 9);
  CHECK(pages == 3);
}

}  // namespace alarum

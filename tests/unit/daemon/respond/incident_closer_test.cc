#include "daemon/respond/incident_closer.h"

#include "daemon/respond/ledger_editor.h"
#include "tests/unit/support/dispatch_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::client_alert;
using test::DispatchWorld;
using Lines = std::vector<std::string>;

constexpr std::string_view tell = "playbooks:\n- name: p\n  when: {level: '*'}\n  do: [tickets, chat]\n";

/// Somebody closes the only incident.
void resolve(DispatchWorld& world) {
  auto editor = LedgerEditor::open(world.path(), world.clock, world.damage);
  REQUIRE(editor.has_value());
  const auto done = (*editor)->apply({.kind = IncidentEdit::Kind::close,
                                      .incident = world.rows("SELECT incident_id FROM incidents", 1).front(),
                                      .revision = world.number("SELECT revision FROM incidents"),
                                      .who = "ann",
                                      .why = "seen",
                                      .value = "true_positive",
                                      .note_kind = ""});
  UNSCOPED_INFO((done ? "" : done.error().message));
  REQUIRE(done);
}

}  // namespace

TEST_CASE("what was told of an incident is ended once, when it is resolved, by who can") {
  DispatchWorld world(tell);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  CHECK(world.script.asked().size() == 2);

  resolve(world);
  world.pass(std::chrono::seconds(2));
  REQUIRE(world.until([&] { return world.script.asked().size() == 3; }));
  world.settle();
  CHECK(world.script.asked().back() == "tickets act");
  CHECK(world.script.last().is_end);
  CHECK(world.script.last().notice.state == "resolved");
  CHECK(world.rows("SELECT responder, step_id, state, playbook FROM actions WHERE step_id = 'closing'", 4) ==
        Lines{"tickets|closing|done|p"});

  world.start();
  world.pass(std::chrono::seconds(2));
  world.settle();
  CHECK(world.script.asked().size() == 3);
}

TEST_CASE("to end what was told is no notification") {
  DispatchWorld world("playbooks:\n- name: p\n  when: {level: '*'}\n  do: [tickets]\n");
  world.script.answer("tickets", {.verdict = ActionVerdict::failed, .why = "no"});
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.start();
  world.settle();
  // As if it were under way still while somebody closes the incident.
  REQUIRE(world.database().run("UPDATE actions SET state = 'executing'"));
  resolve(world);
  world.pass(std::chrono::seconds(2));
  REQUIRE(world.until([&] {
    return world.number("SELECT count(*) FROM actions WHERE step_id = 'closing' AND state = 'done'");
  }));
  CHECK(world.rows("SELECT phase FROM journal WHERE phase = 'notify'", 1).empty());
}

TEST_CASE("of an incident that nobody was told of nothing is ended") {
  DispatchWorld world("playbooks:\n- name: p\n  when: {level: low}\n  do: [tickets]\n");
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  resolve(world);
  world.pass(std::chrono::seconds(2));
  REQUIRE(world.until([&] {
    return world.number(
               "SELECT journal_number = (SELECT max(journal_number) FROM journal) FROM"
               " ended_position") == 1;
  }));
  CHECK(world.actions().empty());
}

}  // namespace alarum

#include "daemon/respond/dispatcher.h"

#include "tests/unit/support/dispatch_world.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::block_playbook;
using test::client_alert;
using test::DispatchWorld;
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an alert's client is blocked once, however many alerts name it") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1"), client_alert("b", "192.0.2.1")}));
  world.settle();

  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1"});
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|done"});
  CHECK(world.rows("SELECT fate, times FROM decisions", 2) == Lines{"duplicate|2"});
  CHECK(world.rows("SELECT outcome, times FROM action_counts ORDER BY outcome", 2) ==
        Lines{"done|1", "duplicate|1"});
}

TEST_CASE("without any playbook every incident is told of once") {
  DispatchWorld world("{}");
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1"), client_alert("b", "192.0.2.1")}));
  world.settle();

  CHECK(world.actions() == Lines{"chat||done", "tickets||done"});
  CHECK(world.rows("SELECT phase, at_us - since_us FROM journal WHERE phase = 'notify'", 2).size() == 1);
}

TEST_CASE("what comes too late is never begun") {
  DispatchWorld world(block_playbook);
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy", .wait = minutes(4)});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|intent"}; }));
  world.pass(minutes(6));
  world.settle();

  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1"});
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|expired"});
}

TEST_CASE("whatever is to be done is found by an index, however long the ledger is") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  for (const char* const state : {"intent", "undoing"}) {
    std::string plan;
    for (const std::string& row :
         world.rows("EXPLAIN QUERY PLAN SELECT * FROM actions WHERE responder = 'chat' AND state = '" +
                        std::string(state) + "' AND next_us <= 5 ORDER BY next_us, action_number LIMIT 3",
                    4))
      plan += row + "\n";
    INFO(plan);
    CHECK(plan.find("SEARCH actions USING INDEX actions_to_") != std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
}

TEST_CASE("the mode shadow writes down what would be done, and does nothing") {
  DispatchWorld world(block_playbook);
  world.set_mode(ResponderMode::shadow);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1"), client_alert("b", "192.0.2.1")}));
  world.settle();

  CHECK(world.script.asked().empty());
  CHECK(world.rows("SELECT state, until_us - intended_us FROM actions", 2) == Lines{"shadow|900000000"});
  CHECK(world.rows("SELECT phase FROM journal WHERE phase = 'respond'", 1).empty());
}

TEST_CASE("what was in shadow keeps nothing from being done once it may be") {
  DispatchWorld world(block_playbook);
  world.set_mode(ResponderMode::shadow);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  world.set_mode(ResponderMode::automatic);
  REQUIRE(world.insert({client_alert("b", "192.0.2.1")}));
  world.settle();

  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1"});
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|shadow", "firewall|192.0.2.1|done"});
}

TEST_CASE("what a guard rail puts into shadow is written down once while it would last") {
  DispatchWorld world(block_playbook);
  world.guard_rails.canary = hours(24);
  world.set_playbooks(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1"), client_alert("b", "192.0.2.1")}));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|shadow"});
  CHECK(world.rows("SELECT fate, times, why FROM decisions", 3) ==
        Lines{"duplicate|2|the same action is in shadow"});
  CHECK(world.rows("SELECT d.action_id = a.action_id FROM decisions d, actions a", 1) == Lines{"1"});
}

TEST_CASE("a guard rail refuses and says which entry did") {
  DispatchWorld world(block_playbook);
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();

  CHECK(world.actions().empty());
  CHECK(world.rows("SELECT fate, guard, entry FROM decisions", 3) ==
        Lines{"denied|never_block|192.0.2.0/24"});
  CHECK(world.rows("SELECT outcome, guard, times FROM action_counts", 3) == Lines{"denied|never_block|1"});
}

TEST_CASE("an IPv6 address that stands for a protected IPv4 one is not blocked") {
  DispatchWorld world(block_playbook);
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "2002:c000:0201::1"), client_alert("b", "64:ff9b::192.0.2.7"),
                        client_alert("c", "::ffff:192.0.2.9")}));
  world.settle();

  CHECK(world.actions().empty());
}

TEST_CASE("a rule that is new is watched for its canary time before it acts") {
  DispatchWorld world(block_playbook);
  world.guard_rails.canary = hours(24);
  world.set_playbooks(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|shadow"});

  world.pass(hours(25));
  auto alert = client_alert("b", "192.0.2.2");
  alert.detected = world.clock.time;
  REQUIRE(world.insert({alert}));
  world.settle();
  CHECK(world.actions().back() == "firewall|192.0.2.2|done");
}

TEST_CASE("the breaker trips at the cap of an hour, tells people, and stays so over restarts") {
  DispatchWorld world(block_playbook);
  world.guard_rails.blocks_per_hour_max = 2;
  world.set_playbooks(block_playbook);
  world.start();
  for (const char* const address : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}) {
    REQUIRE(world.insert({client_alert(address, address)}));
    world.settle();
  }

  CHECK(world.actions_of("firewall") == Lines{"192.0.2.1|done", "192.0.2.2|done", "192.0.2.4|shadow"});
  CHECK(world.rows("SELECT count(*) FROM actions WHERE step_id = 'breaker' AND state = 'done'", 1) ==
        Lines{"2"});
  world.start();
  REQUIRE(world.insert({client_alert("later", "192.0.2.5")}));
  world.settle();
  CHECK(world.actions().back() == "firewall|192.0.2.5|shadow");
}

TEST_CASE("what was decided before the breaker trips, and has not begun, does not begin") {
  DispatchWorld world(block_playbook);
  world.guard_rails.blocks_per_hour_max = 2;
  world.set_playbooks(block_playbook);
  world.start();
  REQUIRE(world.insert(
      {client_alert("a", "192.0.2.1"), client_alert("b", "192.0.2.2"), client_alert("c", "192.0.2.3")}));
  world.settle();
  CHECK(world.actions_of("firewall") == Lines{"192.0.2.1|denied", "192.0.2.2|denied"});
  CHECK(world.number("SELECT count(*) FROM actions WHERE why LIKE 'guard breaker%'") == 2);
}

TEST_CASE("what people allow is let go, and is not blocked again") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  REQUIRE(world.editor_of_now()->allow("192.0.2.0/24", hours(1), {"ana", 1000, "ours"}));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undone"});
  CHECK(world.script.asked().back() == "firewall undo 192.0.2.1");

  REQUIRE(world.insert({client_alert("b", "192.0.2.2")}));
  world.settle();
  CHECK(world.rows("SELECT guard FROM decisions WHERE target = '192.0.2.2'", 1) == Lines{"protected"});
}

TEST_CASE("who becomes protected by a reload is let go") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(block_playbook);
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|undone"}; }));
}

TEST_CASE("a step waits for the one before it, and is not done where that is not") {
  constexpr std::string_view chain =
      "playbooks:\n- name: p\n  when: {level: '*'}\n"
      "  do:\n  - {responder: firewall, target: source.ip, for: 15m}\n"
      "  - {responder: chat, only_if: previous_done}\n";
  DispatchWorld world(chain);
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy"});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  world.pass(seconds(10));
  world.settle();
  world.pass(seconds(10));
  world.settle();
  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1", "firewall act 192.0.2.1", "chat act"});

  world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no", .has_refused = true});
  auto alert = client_alert("b", "192.0.2.2");
  alert.detected = world.clock.time;
  REQUIRE(world.insert({alert}));
  world.settle();
  world.pass(seconds(10));
  world.settle();
  CHECK(world.rows("SELECT responder, state FROM actions ORDER BY action_number", 2) ==
        Lines{"firewall|done", "chat|done", "firewall|denied", "chat|failed"});
}

TEST_CASE("a message that waits for a block is not used up by blocks that are refused") {
  constexpr std::string_view chain =
      "playbooks:\n- name: p\n  when: {level: '*'}\n"
      "  do:\n  - {responder: firewall, target: source.ip, for: 15m}\n"
      "  - {responder: chat, only_if: previous_done}\n";
  DispatchWorld world(chain);
  const auto before = world.guard_rails;
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(chain);
  world.start();
  for (int i = 0; i < 12; ++i) REQUIRE(world.insert({client_alert(std::to_string(i), "192.0.2.1")}));
  world.settle();
  CHECK(world.actions().empty());
  CHECK(world.rows("SELECT responder, fate, times FROM decisions ORDER BY step", 3) ==
        Lines{"firewall|denied|12", "chat|previous|12"});

  world.guard_rails = before;
  world.set_playbooks(chain);
  REQUIRE(world.insert({client_alert("last", "192.0.2.1")}));
  world.settle();
  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1", "chat act"});
}

TEST_CASE("a message that waits in vain for actions that fail is no try to tell") {
  constexpr std::string_view chain =
      "playbooks:\n- name: p\n  when: {level: '*'}\n"
      "  do:\n  - {responder: firewall, target: source.ip, for: 15m}\n"
      "  - {responder: chat, only_if: previous_done}\n";
  DispatchWorld world(chain);
  world.start();
  for (int i = 0; i < 12; ++i) {
    world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no"});
    REQUIRE(world.insert({client_alert(std::to_string(i), "192.0.2.1")}));
    world.settle();
  }
  CHECK(world.number("SELECT count(*) FROM actions WHERE responder = 'chat' AND state = 'failed'") == 12);
  REQUIRE(world.insert({client_alert("last", "192.0.2.1")}));
  world.settle();
  CHECK(world.script.asked().back() == "chat act");
}

TEST_CASE("a script runs once however many alerts its incident has") {
  DispatchWorld world(
      "playbooks:\n- name: p\n  when: {level: '*'}\n  do: [{responder: script, target: source.ip}]\n");
  world.start();
  for (int i = 0; i < 5; ++i) {
    REQUIRE(world.insert({client_alert(std::to_string(i), "192.0.2.1")}));
    world.settle();
  }
  CHECK(world.script.asked() == Lines{"script act 192.0.2.1"});
  CHECK(world.actions() == Lines{"script|192.0.2.1|done"});
}

TEST_CASE("a clock that is set back keeps no action waiting, and gives none more time") {
  DispatchWorld world(block_playbook);
  world.clock.time = {test::ledger_time.microseconds + Duration(hours(3)).count()};
  world.script.answer("firewall",
                      {.verdict = ActionVerdict::not_done, .why = "not there yet", .wait = seconds(20)});
  world.start();
  auto alert = client_alert("a", "192.0.2.1");
  alert.detected = world.clock.time;
  REQUIRE(world.insert({alert}));
  REQUIRE(world.until([&] { return world.script.asked().size() == 1; }));
  world.settle();

  world.clock.time = test::ledger_time;
  world.clock.steady_time += seconds(30);
  const auto is_done = [&] { return world.script.asked().size() == 2; };
  SECTION("while the process runs") { CHECK(world.until(is_done)); }
  SECTION("before the process starts") {
    world.start();
    CHECK(world.until(is_done));
  }
  world.settle();
  CHECK(world.rows("SELECT state, due_us, intended_us FROM actions", 3) ==
        Lines{"done|" + std::to_string(test::ledger_time.microseconds) + "|" +
              std::to_string(test::ledger_time.microseconds)});
  CHECK(world.number("SELECT expires_us - due_us FROM actions") <= Duration(hours(1)).count());
}

TEST_CASE("a responder that fails again and again is left in peace, and others are not held up") {
  DispatchWorld world("{}");
  world.random = 1'000'000;
  for (int i = 0; i < 30; ++i)
    world.script.answer("tickets", {.verdict = ActionVerdict::not_done, .why = "it says 500"});
  world.start();
  std::vector<test::AlertText> alerts;
  for (int i = 0; i < 20; ++i) alerts.push_back(client_alert(std::to_string(i), "192.0.2.1"));
  for (std::size_t i = 0; i < alerts.size(); ++i)
    alerts[i].entities = {{"host.name", "ws-" + std::to_string(i)}};
  REQUIRE(world.insert(alerts));
  REQUIRE(world.until([&] {
    return world.number("SELECT count(*) FROM actions WHERE responder = 'chat' AND state = 'done'") == 20;
  }));
  REQUIRE(world.until([&] {
    const auto figures = world.responders.get();
    return figures && std::any_of(figures->responders.begin(), figures->responders.end(),
                                  [](const ResponderFigures& one) { return one.is_open; });
  }));
  CHECK(world.number("SELECT count(*) FROM actions WHERE responder = 'tickets' AND state = 'done'") == 0);
}

TEST_CASE("what an action was told of is the incident, byte for byte") {
  DispatchWorld world(block_playbook);
  world.start();
  auto alert = client_alert("a", "192.0.2.1");
  alert.title = test::hostile_texts()[2];
  REQUIRE(world.insert({alert}));
  world.settle();
  const Action told = world.script.last();
  CHECK(told.notice.title == alert.title);
  CHECK(told.alert_json == test::alert_json(alert));
  CHECK(told.target_type == "source.ip");
  CHECK(told.lasts == std::optional<Duration>(minutes(15)));
}

TEST_CASE("what was meant for another kind of responder of the same name is not done by it") {
  DispatchWorld world(block_playbook);
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy", .wait = seconds(20)});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  REQUIRE(world.until([&] { return world.script.asked().size() == 1; }));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|intent"}; }));
  const auto is_undone = GENERATE(false, true);
  if (is_undone) REQUIRE(world.database().run("UPDATE actions SET state = 'undoing'"));
  std::vector<ActionTarget> targets;
  targets.push_back({{"firewall", ResponderNature::telling},
                     DeliveryClass::once,
                     std::make_unique<test::ScriptedResponder>("firewall", world.script)});
  world.start_with(std::move(targets));
  world.pass(seconds(30));
  const std::string end = is_undone ? "done" : "failed";
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|" + end}; }));
  CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1"});
}

TEST_CASE("actions of a responder that is gone come to an end that says so") {
  DispatchWorld world(block_playbook);
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy", .wait = minutes(4)});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|intent"}; }));
  world.start_with({});
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|failed"}; }));
}

}  // namespace alarum

#include "daemon/respond/action_editor.h"
#include "daemon/respond/dispatcher.h"
#include "tests/unit/support/dispatch_world.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>

/// What people, and what the daemon lives on, can get out of the kernel again, whatever the ledger knows.
namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::block_playbook;
using test::client_alert;
using test::DispatchWorld;
using Lines = std::vector<std::string>;

/// Starts with these responders instead of those of the world; all of them block, by themselves.
void start_with(DispatchWorld& world, const Lines& names) {
  std::vector<ActionTarget> targets;
  for (const std::string& name : names)
    targets.push_back({{name, ResponderNature::blocking, ResponderMode::automatic},
                       DeliveryClass::declarative,
                       std::make_unique<test::ScriptedResponder>(name, world.script)});
  world.start_with(std::move(targets));
}

/// A world in which this client is blocked.
void block(DispatchWorld& world, const std::string& address) {
  world.start();
  REQUIRE(world.insert({client_alert("a", address)}));
  world.settle();
  REQUIRE(world.actions() == Lines{"firewall|" + address + "|done"});
}

/// Steps until nothing is on its way to a responder, or back: what came of it goes by the clock.
void come_back(DispatchWorld& world) {
  REQUIRE(world.until([&] {
    const auto all = world.responders.get();
    return std::all_of(all->responders.begin(), all->responders.end(),
                       [](const auto& one) { return one.under_way == 0; });
  }));
}

}  // namespace

TEST_CASE("who blocks is told whom people allowed, also where the ledger takes the block for over") {
  DispatchWorld world(block_playbook);
  block(world, "192.0.2.1");
  world.pass(hours(1));  // by a clock that was put right, say
  const auto taken_back = world.editor_of_now()->allow("192.0.2.1", hours(8), {"ana", 1000, "ours"});
  REQUIRE(taken_back);
  CHECK(taken_back->blocks == 0);
  world.pass(seconds(1));

  REQUIRE(world.until([&] { return !world.script.told().empty(); }));
  CHECK(world.script.told() == Lines{"firewall allow 192.0.2.1 until 2026-01-02T05:04:06.000000Z"});
  world.settle();
  CHECK(world.script.told().size() == 1);
}

TEST_CASE("what is allowed is told for an hour at a time, until it ends") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.editor_of_now()->allow("192.0.2.0/24", minutes(90), {"ana", 1000, "ours"}));
  for (int i = 0; i < 100; ++i) {
    world.pass(minutes(1));
    world.dispatcher->step(Duration(0));
    come_back(world);
  }
  Lines ends;
  for (const std::string& told : world.script.told()) ends.push_back(told.substr(told.find("until")));
  REQUIRE(ends.size() == 2);
  CHECK(ends.back() == "until 2026-01-02T04:34:05.000000Z");
}

TEST_CASE("what was not heard of whom not to block is told again, and all of it by the next process") {
  DispatchWorld world(block_playbook);
  world.random = 1'000'000;  // it is not told again before time passes
  world.script.answer("firewall let_go", {.verdict = ActionVerdict::not_done, .why = "busy"});
  block(world, "198.51.100.1");
  REQUIRE(world.editor_of_now()->unblock("192.0.2.1", {"ana", 1000, ""}));
  for (std::size_t times = 1; times <= 2; ++times) {
    world.pass(seconds(20));
    REQUIRE(world.until([&] { return world.script.told().size() == times; }));
    come_back(world);
  }
  world.pass(seconds(20));
  world.settle();
  CHECK(world.script.told().size() == 2);
  CHECK(world.script.told().back().starts_with("firewall leave alone 192.0.2.1 "));

  world.start();
  REQUIRE(world.until([&] { return world.script.told().size() == 3; }));
}

TEST_CASE("what is allowed or unblocked as IPv4 takes back the IPv6 block that stands for it") {
  for (const char* const address : {"2002:c000:201::1", "64:ff9b::c000:201"}) {
    for (const bool is_allowed : {true, false}) {
      CAPTURE(address, is_allowed);
      DispatchWorld world(block_playbook);
      block(world, address);
      const auto editor = world.editor_of_now();
      const auto taken_back = is_allowed ? editor->allow("192.0.2.1", hours(1), {"ana", 1000, "ours"})
                                         : editor->unblock("192.0.2.1", {"ana", 1000, ""});
      REQUIRE(taken_back);
      CHECK(taken_back->blocks == 1);
      world.settle();
      CHECK(world.actions() == Lines{"firewall|" + std::string(address) + "|undone"});
    }
  }
}

TEST_CASE("whom not to block is told anew when the clock was set back") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.editor_of_now()->allow("192.0.2.1", std::chrono::hours(8), {.who = "ann", .why = "x"}));
  world.pass(std::chrono::seconds(2));
  REQUIRE(world.until([&] { return world.script.told().size() == 1; }));
  come_back(world);
  world.clock.time.microseconds -= Duration(std::chrono::hours(1)).count();
  world.clock.steady_time += std::chrono::seconds(2);
  CHECK(world.until([&] { return world.script.told().size() == 2; }));
}

TEST_CASE("blocks of a responder that has another name now are taken back by that") {
  DispatchWorld world(block_playbook);
  block(world, "192.0.2.1");
  start_with(world, {"wall"});
  REQUIRE(world.editor_of_now()->unblock("192.0.2.1", {"ana", 1000, ""}));
  world.settle();
  CHECK(world.script.asked().back() == "wall undo 192.0.2.1");
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undone"});
}

TEST_CASE("blocks that nobody is configured for go when their time is over") {
  DispatchWorld world(block_playbook);
  block(world, "192.0.2.1");
  start_with(world, {});
  REQUIRE(world.editor_of_now()->unblock("192.0.2.1", {"ana", 1000, ""}));
  world.pass(minutes(14));
  world.dispatcher->step(Duration(0));
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undoing"});
  world.pass(minutes(1));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|undone"}; }));
}

TEST_CASE("a block that may not be taken back is not forgotten") {
  DispatchWorld world(block_playbook);
  block(world, "192.0.2.1");
  world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no", .has_refused = true});
  REQUIRE(world.editor_of_now()->unblock("192.0.2.1", {"ana", 1000, ""}));
  REQUIRE(world.until([&] { return world.script.asked().size() == 2; }));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undoing"});
  CHECK(world.rows("SELECT what FROM audit ORDER BY audit_number DESC LIMIT 1", 1) ==
        Lines{"action_not_undone"});

  world.pass(minutes(11));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undone"});
  CHECK(world.script.asked().size() == 3);
}

TEST_CASE("whom the daemon is connected to is not blocked, and let go where it was") {
  DispatchWorld world(block_playbook);
  block(world, "192.0.2.1");
  world.peers.open(7, *IpAddress::parse("192.0.2.1"));
  world.peers.note(*IpAddress::parse("192.0.2.2"));
  world.pass(seconds(1));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|undone"}; }));

  auto alert = client_alert("b", "192.0.2.2");
  alert.detected = world.clock.time;
  REQUIRE(world.insert({alert}));
  world.settle();
  CHECK(world.rows("SELECT fate, guard, entry FROM decisions WHERE target = '192.0.2.2'", 3) ==
        Lines{"denied|protected|192.0.2.2"});
  const Lines told = world.script.told();
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& line) {
    return line.starts_with("firewall allow 192.0.2.1 until ");
  }));
}

TEST_CASE("the name servers of the machine are not blocked") {
  const test::TemporaryFolder folder;
  DispatchWorld world(block_playbook);
  world.resolv_conf = folder / "resolv.conf";
  std::ofstream(world.resolv_conf) << "nameserver 192.0.2.1\n";
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  CHECK(world.rows("SELECT fate, guard, entry FROM decisions", 3) == Lines{"denied|protected|192.0.2.1"});
}

TEST_CASE("a script that runs for longer than its deadline is asked for until it ends, and is no failure") {
  DispatchWorld world(
      "playbooks:\n- name: p\n  when: {level: '*'}\n  do: [{responder: script, target: source.ip}]\n");
  constexpr int polls = 8;
  for (int i = 0; i < polls; ++i)
    world.script.answer("script", {.verdict = ActionVerdict::not_done,
                                   .why = "the script is running",
                                   .wait = seconds(55),
                                   .is_running = true});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  for (int i = 0; i < polls; ++i) {
    world.settle();
    CHECK(world.actions() == Lines{"script|192.0.2.1|intent"});
    world.pass(seconds(56));
  }
  world.settle();
  CHECK(world.actions() == Lines{"script|192.0.2.1|done"});
}

TEST_CASE("what the runner refuses counts as the runner's, not as the enforcer's") {
  DispatchWorld world(
      "playbooks:\n- name: p\n  when: {level: '*'}\n  do: [{responder: script, target: source.ip}]\n");
  world.script.answer("script", {.verdict = ActionVerdict::failed, .why = "no", .has_refused = true});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  CHECK(world.rows("SELECT outcome, guard FROM action_counts", 2) == Lines{"denied|runner"});
}

}  // namespace alarum

#include "daemon/base/fault.h"
#include "daemon/respond/dispatcher.h"
#include "tests/unit/support/dispatch_world.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace alarum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::block_playbook;
using test::client_alert;
using test::DispatchWorld;
using Lines = std::vector<std::string>;

/// Fails the commit of one turn behind it, as a disk that is full may.
fault::Handler failing_once(std::string name) {
  return [name = std::move(name), has_failed = false](std::string_view point) mutable -> Status {
    if (point != name || has_failed) return {};
    has_failed = true;
    return Error{ErrorCode::io, "no room"};
  };
}

}  // namespace

TEST_CASE("an action that was under way at a crash is tried again, and told that it may be done") {
  DispatchWorld world("{}");
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  REQUIRE(world.database().run("UPDATE actions SET state = 'executing', ended_us = NULL"));
  world.start();
  world.settle();

  auto asked = world.script.asked();
  std::sort(asked.begin(), asked.end());
  CHECK(asked == Lines{"chat act", "chat act again", "tickets act", "tickets act again"});
  CHECK(world.rows("SELECT count(*) FROM audit WHERE what = 'action_resumed'", 1) == Lines{"2"});
}

TEST_CASE("what is in doubt stays so where nobody could know it again, and is tried again elsewhere") {
  DispatchWorld world("{}");
  world.script.answer("chat", {.verdict = ActionVerdict::in_doubt, .why = "it went dark"});
  world.script.answer("tickets", {.verdict = ActionVerdict::in_doubt, .why = "it went dark"});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  CHECK(world.actions() == Lines{"chat||in_doubt", "tickets||done"});
  CHECK(world.rows("SELECT responder, outcome FROM action_counts ORDER BY 1, 2", 2) ==
        Lines{"chat|in_doubt", "tickets|done"});
}

TEST_CASE("a block that may be there when its time to begin is over is taken back") {
  DispatchWorld world(block_playbook);
  Duration passed = minutes(3);
  SECTION("it waits for another attempt") {
    passed = minutes(6);
    world.script.answer("firewall", {.verdict = ActionVerdict::in_doubt, .why = "slow", .wait = minutes(4)});
  }
  SECTION("another attempt would come too late") {
    world.script.answer("firewall", {.verdict = ActionVerdict::in_doubt, .why = "slow", .wait = minutes(6)});
  }
  SECTION("it comes to an end without having reached the enforcer again") {
    world.script.answer("firewall", {.verdict = ActionVerdict::in_doubt, .why = "slow", .wait = minutes(2)});
    world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no time is left"});
  }
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  REQUIRE(world.until([&] { return !world.script.asked().empty(); }));
  REQUIRE(world.until([&] { return world.number("SELECT state <> 'executing' FROM actions") == 1; }));
  world.pass(passed);
  world.settle();

  CHECK(world.actions() == Lines{"firewall|192.0.2.1|undone"});
  CHECK(world.script.asked().back().starts_with("firewall undo 192.0.2.1"));
  CHECK(world.rows("SELECT count(*) FROM audit WHERE what = 'action_undoing'", 1) == Lines{"1"});
}

TEST_CASE("a block that the enforcer refuses is not there, whatever became of the attempt before") {
  DispatchWorld world(block_playbook);
  world.script.answer("firewall", {.verdict = ActionVerdict::in_doubt, .why = "slow"});
  world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no", .has_refused = true});
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  world.pass(seconds(10));
  world.settle();
  CHECK(world.actions() == Lines{"firewall|192.0.2.1|denied"});
}

TEST_CASE("a turn whose commit fails hands nothing over, and is made again") {
  for (const char* const point : {"actions_before_commit", "actions_after_commit"}) {
    INFO(point);
    DispatchWorld world(block_playbook);
    world.start();
    {
      const fault::Armed armed(failing_once(point));
      REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
      world.dispatcher->step(Duration(0));
      CHECK(world.script.asked().empty());
      CHECK(world.dispatcher->trouble() == "no room");
      CHECK(world.responders.get()->trouble == "no room");
    }
    world.pass(seconds(1));
    world.settle();

    CHECK(world.script.asked() == Lines{"firewall act 192.0.2.1"});
    CHECK(world.rows("SELECT attempts, state FROM actions", 2) == Lines{"1|done"});
    CHECK(world.dispatcher->trouble().empty());
    CHECK(world.responders.get()->trouble.empty());
  }
}

TEST_CASE("what a crash has left in doubt stays so when the first turn after it fails, too") {
  for (const char* const point : {"actions_before_commit", "actions_after_commit"}) {
    INFO(point);
    DispatchWorld world("{}");
    world.start();
    REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
    world.settle();
    REQUIRE(world.database().run("UPDATE actions SET state = 'executing', ended_us = NULL"));
    world.start();
    {
      const fault::Armed armed(failing_once(point));
      world.dispatcher->step(Duration(0));
      CHECK_FALSE(world.dispatcher->trouble().empty());
    }
    world.pass(seconds(1));
    world.settle();

    auto asked = world.script.asked();
    std::sort(asked.begin(), asked.end());
    CHECK(asked == Lines{"chat act", "chat act again", "tickets act", "tickets act again"});
  }
}

TEST_CASE("what a plan changes is written down though the turn that takes it fails") {
  DispatchWorld world(block_playbook);
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.settle();
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  {
    const fault::Armed armed(failing_once("actions_before_commit"));
    world.set_playbooks(block_playbook, "another revision");
    world.dispatcher->step(Duration(0));
    CHECK_FALSE(world.dispatcher->trouble().empty());
  }
  world.pass(seconds(1));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|undone"}; }));
  CHECK(world.rows("SELECT revision FROM rule_revisions", 1) == Lines{"another revision"});
}

TEST_CASE("nothing begins any more while the dispatcher ends") {
  DispatchWorld world("{}");
  world.start();
  REQUIRE(world.insert({client_alert("a", "192.0.2.1")}));
  world.dispatcher->finish(seconds(5));
  CHECK(world.script.asked().empty());
  CHECK(world.actions().empty());

  world.start();
  world.settle();
  CHECK(world.actions() == Lines{"chat||done", "tickets||done"});
}

}  // namespace alarum

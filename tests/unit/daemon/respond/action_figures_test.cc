#include "daemon/respond/action_figures.h"

#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;

/// A ledger in which somebody counts actions and blocks addresses.
struct ActionWorld : LedgerWorld {
  void count(const std::string& responder, const std::string& outcome, const std::string& guard, int times) {
    REQUIRE(database().run("INSERT INTO action_counts VALUES ('" + responder + "', '" + outcome + "', '" +
                           guard + "', " + std::to_string(times) + ")"));
  }
  void act(const std::string& id, const std::string& nature, const std::string& state, Timestamp until) {
    REQUIRE(database().run(
        "INSERT INTO actions (action_id, rule_id, source, playbook, step_id, responder, nature, target_type,"
        " target, target_key, repeat, due_us, expires_us, needs, state, next_us, intended_us, until_us)"
        " VALUES ('" +
        id + "', 'rule-1', 'windows', 'p', 's', 'firewall', '" + nature +
        "', 'source.ip', '192.0.2.1', '192.0.2.1', 0, 0, 0, '', '" + state + "', 0, 0, " +
        std::to_string(until.microseconds) + ")"));
  }
  ActionFigures figures(Timestamp now) {
    auto read = read_action_figures(database(), now);
    REQUIRE(read.has_value());
    return *std::move(read);
  }
};

}  // namespace

TEST_CASE("actions are counted by responder and outcome, and by the guard that held them") {
  ActionWorld world;
  world.count("firewall", "done", "", 3);
  world.count("firewall", "denied", "cap", 2);
  world.count("firewall", "denied", "never_block", 1);
  world.count("script", "denied", "cap", 4);
  const ActionFigures figures = world.figures(after(0));

  CHECK(figures.outcomes.at({"firewall", "done"}) == 3);
  CHECK(figures.outcomes.at({"firewall", "denied"}) == 3);
  CHECK(figures.outcomes.at({"script", "denied"}) == 4);
  CHECK(figures.held_by_guard == std::map<std::string, std::uint64_t>{{"cap", 6}, {"never_block", 1}});
}

TEST_CASE("a block is active when it was done and its time is not over") {
  ActionWorld world;
  world.act("a", "blocking", "done", after(10));
  world.act("b", "blocking", "done", after(20));
  world.act("c", "blocking", "shadow", after(20));
  world.act("d", "blocking", "undone", after(20));
  world.act("e", "running", "done", after(20));

  CHECK(world.figures(after(9)).blocks_active.at("firewall") == 2);
  CHECK(world.figures(after(9)).next_end == after(10));
  CHECK(world.figures(after(10)).blocks_active.at("firewall") == 1);
  CHECK(world.figures(after(20)).blocks_active.empty());
  CHECK_FALSE(world.figures(after(20)).next_end.has_value());
}

TEST_CASE("an action waits until it has come to its end, or was taken back") {
  ActionWorld world;
  world.act("a", "blocking", "intent", after(10));
  world.act("b", "telling", "executing", after(10));
  world.act("c", "blocking", "undoing", after(10));
  CHECK(world.figures(after(0)).unfinished == std::map<std::string, std::uint64_t>{{"firewall", 3}});

  REQUIRE(world.database().run("UPDATE actions SET state = 'failed'"));
  CHECK(world.figures(after(0)).unfinished.empty());
}

TEST_CASE("a breaker that has tripped is seen") {
  ActionWorld world;
  CHECK_FALSE(world.figures(after(0)).is_tripped);
  REQUIRE(world.database().run("INSERT INTO breaker VALUES (1, 'cap', 'blocks_per_hour_max:200', 'why', 0)"));

  CHECK(world.figures(after(0)).is_tripped);
}

}  // namespace alarum

#include "daemon/respond/effect_keeper.h"

#include "daemon/base/fault.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;
using Rows = std::vector<std::string>;

IpNetwork network(std::string_view text) {
  const auto out = IpNetwork::parse(text);
  ENSURE(out.has_value(), "the network of a test is one");
  return *out;
}

/// An alert of the host that all of them are about, so that they are one incident.
test::AlertText alert(const std::string& name, Timestamp at) {
  return {.name = name, .entities = {{"host.name", "web-1"}}, .first = at, .detected = at};
}

/// A ledger with one incident of `after(90)`, whose attacker is blocked from `after(100)` to `after(1000)`,
/// and what a source tells of it.
struct KeeperWorld : LedgerWorld {
  KeeperWorld() {
    REQUIRE(insert({alert("a", after(90))}));
    add_block("a1", "192.0.2.7", "done");
    restart();
  }

  void add_block(const std::string& id, const std::string& target, const std::string& state) {
    auto statement = database().prepare(
        "INSERT INTO actions (action_id, incident_id, rule_id, source, playbook, step_id, responder, nature,"
        " target_type, target, target_key, repeat, due_us, expires_us, needs, state, next_us, intended_us,"
        " ended_us, until_us) VALUES (?1, ?2, 'rule-1', 'web', 'p', 'p/firewall#1', 'firewall', 'blocking',"
        " 'source.ip', ?3, ?3, 0, 0, 0, '', ?4, 0, 0, ?5, ?6)");
    REQUIRE(statement.has_value());
    REQUIRE(statement->run({id, incident, target, state, after(100), after(1000)}));
  }

  /// As after a restart of the process.
  void restart() {
    auto audit = AuditLog::prepare(database());
    REQUIRE(audit.has_value());
    keeper.reset();
    settler.reset();
    actions = std::make_unique<ActionStore>(database());
    settler = std::make_unique<ActionSettler>(database(), *actions, *std::move(audit), [] { return 0; });
    const EffectPorts ports{[this](auto list) { watched = std::move(list); }, [this] { return news; }};
    keeper = std::make_unique<EffectKeeper>(database(), *actions, *settler, ports);
  }

  /// Looks at a second until which the source has told everything.
  Status look(std::int64_t second) {
    news.heard["web"] = after(second);
    return keeper->look(after(second));
  }
  /// The source names this client at that second.
  void see(std::string_view target, std::int64_t second) {
    hits[network(target)].merge({1, after(second)});
    news.hits["web"] = std::make_shared<const WatchHits>(hits);
  }

  Rows audit() { return rows("SELECT what, subject, detail FROM audit ORDER BY audit_number", 3); }
  std::int64_t ineffective() {
    return number("SELECT total(times) FROM action_counts WHERE outcome = 'ineffective'");
  }
  std::string state() { return rows("SELECT state FROM incidents", 1).front(); }

  std::string incident = incident_id_of(test::alert_id("a"));
  std::shared_ptr<const WatchList> watched;
  WatchHits hits;
  EffectNews news;
  std::unique_ptr<ActionStore> actions;
  std::unique_ptr<ActionSettler> settler;
  std::unique_ptr<EffectKeeper> keeper;
};

/// Commits fail while it lives.
struct FullDisk {
  fault::Armed armed{[](std::string_view name) {
    return name == "ledger_commit" ? Status(Error{ErrorCode::io, "no space"}) : Status();
  }};
};

}  // namespace

TEST_CASE("that a block does not help is counted and written down once, over a restart too") {
  KeeperWorld world;
  REQUIRE(world.look(101));
  REQUIRE(world.watched != nullptr);
  CHECK(world.watched->has(network("192.0.2.7")));
  world.see("192.0.2.7", 110);
  REQUIRE(world.look(111));
  REQUIRE(world.look(112));
  world.restart();
  REQUIRE(world.look(113));

  CHECK(world.ineffective() == 1);
  CHECK(world.audit() == Rows{"action_ineffective|a1|an event of 2026-01-02T03:05:55.000000Z"});
  CHECK(world.state() == "new");
}

TEST_CASE("that an incident is contained is written down once, over a restart too") {
  KeeperWorld world;
  REQUIRE(world.look(101));
  REQUIRE(world.look(161));
  CHECK(world.state() == "contained");
  REQUIRE(world.look(162));
  world.restart();
  REQUIRE(world.look(163));
  REQUIRE(world.look(300));

  CHECK(world.audit() == Rows{"action_contained|a1|since 2026-01-02T03:05:45.000000Z"});
  CHECK(world.rows("SELECT who, why, (at_us - since_us) / 1000000 FROM journal WHERE phase = 'contain'", 3) ==
        Rows{"alarumd|no event since action a1|10"});
}

TEST_CASE("an incident that somebody contained first is not contained again") {
  KeeperWorld world;
  REQUIRE(world.look(101));
  REQUIRE(world.database().run("UPDATE incidents SET state = 'contained'"));
  REQUIRE(world.look(300));

  CHECK(world.audit().empty());
}

TEST_CASE("what could not be committed is written down by the next look, and what cannot be is left out") {
  KeeperWorld world;
  world.add_block("a2", "192.0.2.8", "done");
  REQUIRE(world.look(101));
  world.see("192.0.2.7", 110);
  world.see("192.0.2.8", 111);
  {
    const FullDisk disk;
    CHECK_FALSE(world.look(112));
  }
  CHECK(world.audit().empty());
  REQUIRE(world.database().run("DROP TRIGGER actions_are_whole"));
  REQUIRE(world.database().run("DELETE FROM actions WHERE action_id = 'a2'"));
  REQUIRE(world.look(113));

  CHECK(world.ineffective() == 1);
  CHECK(world.audit() == Rows{"action_ineffective|a1|an event of 2026-01-02T03:05:55.000000Z"});
}

TEST_CASE("an incident is not contained while another block of it is to begin") {
  KeeperWorld world;
  const std::string state = GENERATE(as<std::string>(), "intent", "executing");
  world.add_block("a2", "192.0.2.8", state);
  REQUIRE(world.look(101));
  REQUIRE(world.look(300));
  CHECK(world.state() == "new");

  REQUIRE(world.database().run("UPDATE actions SET state = 'failed' WHERE action_id = 'a2'"));
  REQUIRE(world.look(301));
  CHECK(world.state() == "contained");
}

TEST_CASE("an incident is not contained while alerts go on of those whom nobody blocked") {
  KeeperWorld world;
  REQUIRE(world.insert({alert("b", after(120))}));
  REQUIRE(world.look(101));
  REQUIRE(world.look(300));
  CHECK(world.state() == "new");
  CHECK(world.audit().empty());
}

TEST_CASE("an alert whose event claims to be of the future goes on no longer than until it was made") {
  KeeperWorld world;
  test::AlertText ahead = alert("b", after(3000));
  ahead.detected = after(95);
  REQUIRE(world.insert({ahead}));
  REQUIRE(world.look(101));
  REQUIRE(world.look(161));
  CHECK(world.state() == "contained");
}

}  // namespace alarum

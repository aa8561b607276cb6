#include "daemon/respond/action_editor.h"

#include "daemon/base/fault.h"
#include "daemon/respond/action_reader.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;
using Rows = std::vector<std::string>;

ActionRules some_rules() {
  ActionRules out;
  out.guard_rails.never_block = {*IpNetwork::parse("10.0.0.0/8")};
  out.guard_rails.ipv4_prefix_min = 24;
  out.guard_rails.ipv6_prefix_min = 64;
  out.guard_rails.duration_max = std::chrono::hours(24);
  out.guard_rails.leave_alone = std::chrono::hours(24);
  out.blockers = {{"firewall", ResponderMode::automatic}};
  return out;
}

/// A ledger with one incident, and people who edit actions in it.
struct ActionWorld : LedgerWorld {
  ActionWorld() {
    clock.time = after(100);
    REQUIRE(insert({{.name = "a"}}));
    go_by(some_rules());
    auto opened = ActionEditor::open(path(), rules, clock, damage);
    REQUIRE(opened.has_value());
    editor = *std::move(opened);
  }
  /// As after a reload.
  void go_by(ActionRules next) { rules.publish(std::make_shared<const ActionRules>(std::move(next))); }

  /// A block as the dispatcher leaves it.
  void add_block(const std::string& name, const std::string& target, const std::string& state = "done",
                 const std::string& rule = "rule-1", std::int64_t at = 90) {
    auto insert = database().prepare(
        "INSERT INTO actions (action_id, incident_id, rule_id, source, playbook, step_id, responder, nature,"
        " target_type, target, target_key, repeat, due_us, expires_us, needs, state, next_us, intended_us,"
        " until_us) VALUES (?1, ?2, ?5, '', 'p', 'p/firewall#1', 'firewall', 'blocking', 'source.ip', ?3,"
        " ?3, 0, 0, 0, '', ?4, 0, ?6, ?7)");
    REQUIRE(insert.has_value());
    const bool has_end = state == "done" || state == "shadow";
    REQUIRE(insert->run({name, incident, target, state, rule, after(at),
                         has_end ? LedgerValue(after(500)) : LedgerValue(std::nullopt)}));
  }
  std::string block(const std::string& target, Duration lasts = std::chrono::minutes(15)) {
    const auto done = editor->block({target, lasts, ""}, ann);
    return done ? "" : done.error().message;
  }
  /// How many blocks an edit has taken back, and how many are to come.
  static std::string counts(const Result<BlocksTakenBack>& done) {
    if (!done) return done.error().message;
    std::string out = std::to_string(done->blocks) + " " + std::to_string(done->to_come);
    for (const std::string& network : done->held_by) out += " " + network;
    return out;
  }
  /// As many exemptions of this kind as there may be; the first of them ends first.
  void fill_exemptions(const std::string& kind) {
    REQUIRE(database().run(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) INSERT INTO"
        " exemptions SELECT printf('100.64.%d.%d', i / 250, i % 250), '" +
        kind + "', " + std::to_string(after(1000).microseconds) + " + i, 1, 'x', NULL, '' FROM n"));
  }
  Rows states() { return rows("SELECT action_id, state FROM actions ORDER BY action_number", 2); }
  Rows audit() { return rows("SELECT who || who_uid, what, subject, detail FROM audit", 4); }

  ActionPerson ann{"ann", 1000, "because"};
  std::string incident = incident_id_of(test::alert_id("a"));
  Published<ActionRules> rules;
  std::unique_ptr<ActionEditor> editor;
};

}  // namespace

TEST_CASE("a block that a person orders is an intent, with its end, and in the audit log") {
  ActionWorld world;
  const auto id = world.editor->block({"::ffff:203.0.113.7", std::chrono::minutes(15), ""}, world.ann);
  REQUIRE(id.has_value());

  CHECK(*id == id_of({"manual", "firewall", "203.0.113.7", "0"}));
  CHECK(world.rows("SELECT target, state, responder, nature, lasts_us / 1000000,"
                   " (expires_us - due_us) / 1000000, incident_id, step_id, due_us = next_us FROM actions",
                   9) == Rows{"203.0.113.7|intent|firewall|blocking|900|300||manual|1"});
  CHECK(world.audit() == Rows{"ann1000|block_ordered|" + *id + "|203.0.113.7 by firewall for 15m: because"});
}

TEST_CASE("a block is ordered again only once the one before is over, with another id") {
  ActionWorld world;
  CHECK(world.block("203.0.113.7").empty());
  CHECK(world.block("203.0.113.7") == "a block of 203.0.113.7 by firewall is under way already");
  REQUIRE(world.database().run("UPDATE actions SET state = 'done'"));
  const auto again = world.editor->block({"203.0.113.7", std::chrono::minutes(15), ""}, world.ann);
  REQUIRE(again.has_value());
  CHECK(*again == id_of({"manual", "firewall", "203.0.113.7", "1"}));
}

TEST_CASE("guards refuse what a person orders, by name, and nothing is written") {
  ActionWorld world;
  CHECK(world.block("203.0.0.0/16") == "guard prefix (/24) refuses it: the network is wider");
  CHECK(world.block("203.0.113.7", std::chrono::hours(25)).starts_with("guard duration (1d) refuses it"));
  CHECK(world.block("10.1.2.3").starts_with("guard never_block (10.0.0.0/8) refuses it"));
  CHECK(world.block("127.0.0.1").starts_with("guard loopback"));
  CHECK(world.block("example.org").find("is no address and no network") != std::string::npos);
  world.ann.why = "";
  CHECK(world.block("203.0.113.7") == "it takes a reason: say why");
  CHECK(world.states().empty());
  CHECK(world.audit().empty());
}

TEST_CASE("whoever blocks is named where there are several, and has to be there") {
  ActionWorld world;
  ActionRules rules = some_rules();
  rules.blockers = {};
  world.go_by(rules);
  CHECK(world.block("203.0.113.7") == "none of the configured responders blocks addresses");
  rules.blockers = {{"edge", ResponderMode::automatic}, {"core", ResponderMode::automatic}};
  world.go_by(rules);
  CHECK(world.block("203.0.113.7") ==
        "several responders block: say which; a responder that blocks is one of edge core");
  CHECK(world.editor->block({"203.0.113.7", std::chrono::minutes(1), "core"}, world.ann).has_value());
  CHECK(world.editor->block({"203.0.113.7", std::chrono::minutes(1), "edge"}, world.ann).has_value());
}

TEST_CASE("a block that would not be made is refused, with what keeps it from that, and not written down") {
  ActionWorld world;
  ActionRules rules = some_rules();
  rules.blockers.front().mode = ResponderMode::shadow;
  world.go_by(rules);
  CHECK(world.block("203.0.113.7") ==
        "the mode of 'firewall' is shadow, so it blocks nobody: write 'mode: auto' into its entry of "
        "'responders', and reload");
  rules.blockers.front().mode = ResponderMode::off;
  world.go_by(rules);
  CHECK(world.block("203.0.113.7").starts_with("the mode of 'firewall' is off"));

  world.go_by(some_rules());
  REQUIRE(world.database().run("INSERT INTO breaker VALUES (1, 'cap', 'blocks_max:9', 'x', 0)"));
  CHECK(world.block("203.0.113.7") ==
        "the breaker has tripped (blocks_max:9), so nothing is blocked: look why, then alarum breaker reset");
  CHECK(world.states().empty());
  CHECK(world.audit().empty());
}

TEST_CASE("edits go by the guard rails of the last reload") {
  ActionWorld world;
  ActionRules rules = some_rules();
  rules.guard_rails.never_block = {*IpNetwork::parse("203.0.113.0/24")};
  rules.guard_rails.leave_alone = std::chrono::hours(1);
  world.go_by(rules);

  CHECK(world.block("203.0.113.7").starts_with("guard never_block (203.0.113.0/24)"));
  CHECK(world.block("10.1.2.3").empty());
  REQUIRE(world.editor->unblock("10.1.2.3", world.ann).has_value());
  CHECK(world.rows("SELECT (until_us - at_us) / 1000000 FROM exemptions", 1) == Rows{"3600"});
}

TEST_CASE("who is unblocked is let go and left alone, and what holds it is named") {
  ActionWorld world;
  world.add_block("one", "203.0.113.7");
  world.add_block("around", "203.0.113.0/24");
  world.add_block("other", "198.51.100.1");
  world.add_block("shadow", "203.0.113.7", "shadow");

  CHECK(ActionWorld::counts(world.editor->unblock("203.0.113.7", world.ann)) == "1 0 203.0.113.0/24");
  CHECK(world.states() == Rows{"one|undoing", "around|done", "other|done", "shadow|shadow"});
  CHECK(world.rows("SELECT next_us FROM actions WHERE action_id = 'one'", 1) ==
        Rows{std::to_string(after(100).microseconds)});
  CHECK(world.rows("SELECT network, kind, (until_us - at_us) / 1000000 FROM exemptions", 3) ==
        Rows{"203.0.113.7|left_alone|86400"});
  CHECK(world.audit() == Rows{"ann1000|block_taken_back|one|203.0.113.7: because",
                              "ann1000|left_alone|203.0.113.7|until 2026-01-03T03:05:45.000000Z: because"});
  CHECK(world.block("203.0.113.7").starts_with("guard left_alone (203.0.113.7)"));
  CHECK(world.editor->disallow("203.0.113.7", world.ann));
  CHECK(world.block("203.0.113.7").empty());
}

TEST_CASE("blocks are undone by incident, by rule and by time") {
  ActionWorld world;
  world.add_block("early", "203.0.113.1", "done", "rule-1", 10);
  world.add_block("late", "203.0.113.2", "done", "rule-1", 50);
  world.add_block("other", "203.0.113.3", "done", "rule-2", 50);
  world.add_block("to come", "203.0.113.4", "intent", "rule-1", 50);
  world.add_block("begun", "203.0.113.5", "executing", "rule-1", 50);

  const auto undo = [&](const UndoFilter& filter) {
    return ActionWorld::counts(world.editor->undo(filter, world.ann));
  };
  CHECK(undo({}) == "say which blocks: those of an incident, of a rule, or since a time");
  CHECK(undo({.incident = "ffff"}) == "there is no incident 'ffff'");
  CHECK(undo({.rule = "rule-1", .since = after(50)}) == "2 1");
  CHECK(world.states() ==
        Rows{"early|done", "late|undoing", "other|done", "to come|denied", "begun|executing"});
  CHECK(undo({.since = after(50)}) == "1 1");
  CHECK(undo({.incident = world.incident.substr(0, 8)}) == "1 1");
  CHECK(world.states() ==
        Rows{"early|undoing", "late|undoing", "other|undoing", "to come|denied", "begun|executing"});
  CHECK(world.number("SELECT count(*) FROM exemptions WHERE kind = 'left_alone'") == 5);
  CHECK(world.number("SELECT count(*) FROM audit WHERE what = 'block_taken_back' AND incident_id <> ''") ==
        4);
}

TEST_CASE("who is left alone by an undo has his other blocks taken back, too") {
  ActionWorld world;
  ActionRules rules = some_rules();
  const bool leaves_alone = GENERATE(true, false);
  if (!leaves_alone) rules.guard_rails.leave_alone = Duration(0);
  world.go_by(rules);
  world.add_block("early", "203.0.113.1", "done", "rule-1", 10);
  world.add_block("late", "203.0.113.1", "done", "rule-2", 50);
  world.add_block("other", "203.0.113.2", "done", "rule-1", 10);

  CHECK(ActionWorld::counts(world.editor->undo({.since = after(50)}, world.ann)) ==
        (leaves_alone ? "2 0" : "1 0"));
  CHECK(world.states() == Rows{leaves_alone ? "early|undoing" : "early|done", "late|undoing", "other|done"});
}

TEST_CASE("a block to come does not begin once it is unblocked, even where nobody is left alone for it") {
  ActionWorld world;
  ActionRules rules = some_rules();
  rules.guard_rails.leave_alone = Duration(0);
  world.go_by(rules);
  world.add_block("new", "203.0.113.1", "intent");
  world.add_block("in doubt", "203.0.113.2", "intent");
  REQUIRE(world.database().run(
      "UPDATE actions SET may_be_done = 1, lasts_us = 60000000 WHERE action_id = 'in doubt'"));

  CHECK(ActionWorld::counts(world.editor->unblock("203.0.113.0/24", world.ann)) == "2 0");
  CHECK(world.states() == Rows{"new|denied", "in doubt|undoing"});
  CHECK(world.rows("SELECT until_us FROM actions WHERE action_id = 'in doubt'", 1) ==
        Rows{std::to_string(after(160).microseconds)});
  CHECK(world.rows("SELECT responder, outcome, guard, times FROM action_counts", 4) ==
        Rows{"firewall|denied||1"});
  CHECK(world.number("SELECT count(*) FROM exemptions") == 0);
}

TEST_CASE("blocks that are over are not taken back") {
  ActionWorld world;
  world.add_block("one", "203.0.113.7");
  world.clock.time = after(500);
  CHECK(ActionWorld::counts(world.editor->undo({.rule = "rule-1"}, world.ann)) == "0 0");
  CHECK(world.states() == Rows{"one|done"});
}

TEST_CASE("an entry of who is allowed takes back the blocks that share an address with it") {
  ActionWorld world;
  world.add_block("inside", "203.0.113.7");
  world.add_block("around", "203.0.113.0/24");
  world.add_block("other", "198.51.100.1");
  CHECK(ActionWorld::counts(world.editor->allow("203.0.113.0/28", std::chrono::hours(8), world.ann)) ==
        "2 0");

  CHECK(world.states() == Rows{"inside|undoing", "around|undoing", "other|done"});
  const auto exemptions = read_exemptions(world.database(), world.clock.time);
  REQUIRE(exemptions.has_value());
  REQUIRE(exemptions->allowed.size() == 1);
  CHECK(exemptions->allowed[0].network.to_text() == "203.0.113.0/28");
  CHECK(world.block("203.0.113.1").starts_with("guard protected (203.0.113.0/28)"));
}

TEST_CASE("who is allowed is so until the time is over, and for no longer than it may be") {
  ActionWorld world;
  CHECK(ActionWorld::counts(world.editor->allow("203.0.113.7", std::chrono::hours(31 * 24), world.ann)) ==
        "somebody is allowed for up to 30d, not for 31d");
  CHECK(ActionWorld::counts(world.editor->allow("203.0.113.7", std::chrono::seconds(60), world.ann)) ==
        "0 0");
  CHECK(read_exemptions(world.database(), after(159))->allowed.size() == 1);
  CHECK(read_exemptions(world.database(), after(160))->allowed.empty());
  CHECK(world.editor->disallow("203.0.113.8", world.ann).error().code == ErrorCode::not_found);
}

TEST_CASE("letting go needs no room: who is left alone until first makes it") {
  ActionWorld world;
  world.fill_exemptions("left_alone");
  world.add_block("one", "203.0.113.1");
  world.add_block("two", "203.0.113.2");
  CHECK(ActionWorld::counts(world.editor->undo({.rule = "rule-1"}, world.ann)) == "2 0");

  CHECK(world.number("SELECT count(*) FROM exemptions") == 10'000);
  CHECK(world.number("SELECT count(*) FROM exemptions WHERE network LIKE '203.%'") == 2);
  CHECK(world.rows("SELECT subject, detail FROM audit WHERE what = 'exemption_removed'", 2) ==
        Rows{"100.64.0.0|left_alone: it makes room for 203.0.113.1",
             "100.64.0.1|left_alone: it makes room for 203.0.113.2"});
  CHECK(ActionWorld::counts(world.editor->unblock("203.0.113.1", world.ann)) == "0 0");
  CHECK(world.number("SELECT count(*) FROM audit WHERE what = 'exemption_removed'") == 2);
}

TEST_CASE("where too many are allowed one of them can be allowed for longer, and nobody else") {
  ActionWorld world;
  world.fill_exemptions("allowed");
  CHECK(ActionWorld::counts(world.editor->allow("203.0.113.1", std::chrono::hours(1), world.ann)) ==
        "there are 10000 exemptions already: remove some with alarum allow remove");
  CHECK(ActionWorld::counts(world.editor->allow("100.64.0.7", std::chrono::hours(1), world.ann)) == "0 0");
  CHECK(ActionWorld::counts(world.editor->unblock("203.0.113.1", world.ann)) == "0 0");
}

TEST_CASE("a clock that was ahead for a while ends no exemption for good") {
  ActionWorld world;
  REQUIRE(world.editor->allow("203.0.113.1", std::chrono::hours(1), world.ann));
  world.clock.time = after(2 * 24 * 3600);
  REQUIRE(world.editor->allow("203.0.113.2", std::chrono::hours(1), world.ann));
  world.clock.time = after(200);
  CHECK(read_exemptions(world.database(), after(200))->allowed.size() == 2);

  world.clock.time = after(8 * 24 * 3600);
  REQUIRE(world.editor->allow("203.0.113.3", std::chrono::hours(1), world.ann));
  CHECK(world.number("SELECT count(*) FROM exemptions") == 2);
  CHECK(world.rows("SELECT who, detail FROM audit WHERE what = 'exemptions_forgotten'", 2) ==
        Rows{"alarumd|1 that were over at 2026-01-03T03:04:05.000000Z"});
}

TEST_CASE("an exemption that is no network is an error, and is not passed over") {
  ActionWorld world;
  REQUIRE(world.database().run("INSERT INTO exemptions VALUES ('odd', 'allowed', 9e15, 1, 'x', NULL, '')"));
  CHECK(read_exemptions(world.database(), after(0)).error().message.find("exempts 'odd'") !=
        std::string::npos);
}

TEST_CASE("the breaker is reset by somebody who says why, and only once it has tripped") {
  ActionWorld world;
  CHECK(world.editor->reset_breaker(world.ann).error().code == ErrorCode::not_found);
  REQUIRE(
      world.database().run("INSERT INTO breaker VALUES (1, 'cap', 'blocks_max:9', 'x', 1767323045000000)"));
  CHECK(world.editor->reset_breaker(world.ann));
  CHECK(world.number("SELECT count(*) FROM breaker") == 0);
  CHECK(world.audit() == Rows{"ann1000|breaker_reset|cap|blocks_max:9, tripped at "
                              "2026-01-02T03:04:05.000000Z: because"});
}

TEST_CASE("an edit of actions whose commit fails has not happened") {
  ActionWorld world;
  world.add_block("one", "203.0.113.7");
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_commit" ? Status(Error{ErrorCode::io, "no space"}) : Status();
    });
    CHECK(ActionWorld::counts(world.editor->unblock("203.0.113.7", world.ann)) == "no space");
  }
  CHECK(world.states() == Rows{"one|done"});
  CHECK(world.audit().empty());
  CHECK(verify_audit(world.database(), {}, "", 10)->is_end);
}

TEST_CASE("a ledger that is damaged takes no edit of actions") {
  ActionWorld world;
  world.damage.note({ErrorCode::unsupported, "malformed"});
  CHECK(world.block("203.0.113.7").starts_with("the ledger is not written any more"));
}

TEST_CASE("blocks are listed while they stand, are to come or to go, newest first and page by page") {
  ActionWorld world;
  world.add_block("done", "203.0.113.1");
  world.add_block("shadow", "203.0.113.2", "shadow");
  world.add_block("failed", "203.0.113.3", "failed");
  world.add_block("to come", "203.0.113.4", "intent");
  world.add_block("to go", "203.0.113.5", "undoing");
  ActionReader reader(world.database());

  const auto ids = [&](Timestamp now, std::int64_t before, std::size_t items) {
    Rows out;
    const auto found = reader.blocks(now, before, {.items = items});
    for (const ActionSummary& block : found->items) out.push_back(block.id);
    return out;
  };
  CHECK(ids(after(100), 0, 9) == Rows{"to go", "to come", "shadow", "done"});
  CHECK(ids(after(100), 4, 1) == Rows{"shadow"});
  CHECK(ids(after(500), 0, 9) == Rows{"to go", "to come"});
}

TEST_CASE("of each step the targets that were decided last are read, and how many there are") {
  ActionWorld world;
  for (int i = 0; i < 40; ++i) {
    const std::string key = std::to_string(i);
    REQUIRE(world.database().run("INSERT INTO decisions VALUES ('" + world.incident + "', 'p/fw#1', '" + key +
                                 "', 'p', 1, 'fw', '" + key + "', 'run', '', '', '', '', '', " + key +
                                 ", 2)"));
  }
  REQUIRE(
      world.database().run("INSERT INTO decisions VALUES ('" + world.incident +
                           "', 'p/chat#1', '', 'p', 2, 'chat', '', 'condition', '', '', 'level', '', '', 7,"
                           " 40)"));
  const auto steps = ActionReader(world.database()).steps(world.incident, {});
  REQUIRE(steps.has_value());
  REQUIRE(steps->items.size() == 11);
  CHECK(steps->items.front().target == "39");
  CHECK(steps->items.front().targets == 40);
  CHECK(steps->items.back().fate == "condition");
  CHECK(steps->items.back().times == 40);
}

}  // namespace alarum

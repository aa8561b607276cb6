#include "daemon/respond/phase_journal.h"

#include "daemon/respond/ledger_editor.h"
#include "daemon/respond/ledger_figures.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <numeric>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;
using Rows = std::vector<std::string>;

/// A ledger with one new incident: its first event at `ledger_time`, opened at `after(60)`.
struct PhaseWorld : LedgerWorld {
  PhaseWorld() { REQUIRE(insert({{.name = "a"}})); }

  /// What is wrong; empty where it is noted, or was before.
  std::string note(IncidentPhase phase, Timestamp at, const std::string& rule = "rule-2") {
    auto transaction = LedgerTransaction::begin(database());
    REQUIRE(transaction.has_value());
    const auto noted = note_phase(database(), {phase, id, rule, "firewall", "action 0123", at});
    if (!noted) return noted.error().message;
    REQUIRE(transaction->commit());
    return "";
  }
  /// Somebody changes the incident.
  bool edit(IncidentEdit::Kind kind, std::int64_t revision, const std::string& value = "") {
    auto editor = LedgerEditor::open(path(), clock, damage);
    REQUIRE(editor.has_value());
    const auto done = (*editor)->apply({.kind = kind,
                                        .incident = id,
                                        .revision = revision,
                                        .who = "ann",
                                        .who_uid = 1000,
                                        .why = "because",
                                        .value = value,
                                        .note_kind = "finding"});
    return done.has_value() && !done->is_stale;
  }
  Rows journal() {
    return rows(
        "SELECT who, change, from_value, to_value, why, level, rule_id, phase, (at_us - since_us) / 1000000"
        " FROM journal WHERE journal_number > 1",
        9);
  }
  Rows incident() { return rows("SELECT state, revision FROM incidents", 2); }
  IncidentFigures figures() {
    LedgerFigures out(database());
    REQUIRE(out.look());
    return out.figures();
  }

  std::string id = incident_id_of(test::alert_id("a"));
};

const std::size_t high = level_rank("high");

/// How many incidents were acknowledged.
std::uint64_t acknowledged(const IncidentFigures& figures) {
  const auto counts = figures.at(high, IncidentPhase::acknowledge).counts();
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("the first action that tells, and the first that acts, end phases of the incident") {
  PhaseWorld world;
  CHECK(world.note(IncidentPhase::notify, after(61)).empty());
  CHECK(world.note(IncidentPhase::respond, after(62)).empty());

  CHECK(world.journal() == Rows{"alarumd|action||firewall|action 0123|high|rule-2|notify|1",
                                "alarumd|action||firewall|action 0123|high|rule-2|respond|2"});
  CHECK(world.incident() == Rows{"new|1"});
  const IncidentFigures figures = world.figures();
  CHECK(figures.at(high, IncidentPhase::notify).sum() == 1);
  CHECK(figures.at(high, IncidentPhase::respond).sum() == 2);
  CHECK(figures.responded_by_rule.at("rule-2").microseconds == 2'000'000);
}

TEST_CASE("a phase ends once, however often it is said") {
  PhaseWorld world;
  CHECK(world.note(IncidentPhase::notify, after(61)).empty());
  CHECK(world.note(IncidentPhase::notify, after(90)).empty());

  CHECK(world.journal().size() == 1);
  CHECK(world.figures().at(high, IncidentPhase::notify).sum() == 1);
}

TEST_CASE(
    "an incident that is contained by the daemon is so with a revision of its own, and nobody has seen it") {
  PhaseWorld world;
  CHECK(world.note(IncidentPhase::contain, after(70)).empty());

  CHECK(world.incident() == Rows{"contained|2"});
  CHECK(world.journal() == Rows{"alarumd|state|new|contained|action 0123|high|rule-2|contain|10"});
  CHECK_FALSE(world.edit(IncidentEdit::Kind::contain, 1));
  const IncidentFigures figures = world.figures();
  CHECK(figures.at(high, IncidentPhase::contain).sum() == 10);
  CHECK(figures.dwell[high].sum() == 70);
  CHECK(figures.contained_by_rule.at("rule-2").microseconds == 10'000'000);
  CHECK(figures.at(high, IncidentPhase::acknowledge).sum() == 0);
}

TEST_CASE("an incident that the daemon contained waits for somebody until it is acknowledged, or closed") {
  PhaseWorld world;
  world.clock.time = after(100);
  REQUIRE(world.note(IncidentPhase::contain, after(70)).empty());
  CHECK(world.figures().unacknowledged.at(high).count == 1);
  CHECK(world.figures().unacknowledged.at(high).oldest == after(60));
  REQUIRE(world.edit(IncidentEdit::Kind::acknowledge, 2));
  CHECK(world.incident() == Rows{"contained|3"});
  CHECK(world.figures().unacknowledged.empty());
  CHECK_FALSE(world.edit(IncidentEdit::Kind::acknowledge, 3));
  world.clock.time = after(200);
  REQUIRE(world.edit(IncidentEdit::Kind::close, 3, "true_positive"));

  CHECK(world.journal() == Rows{"alarumd|state|new|contained|action 0123|high|rule-2|contain|10",
                                "ann|phase||acknowledge|because|high||acknowledge|40",
                                "ann|verdict||true_positive|because|high||identify|140",
                                "ann|state|contained|resolved|because|high||resolve|140"});
  CHECK(acknowledged(world.figures()) == 1);
  CHECK(world.figures().at(high, IncidentPhase::acknowledge).sum() == 40);
}

TEST_CASE(
    "whoever closes what the daemon contained has acknowledged it thereby; whom it is given to has not") {
  PhaseWorld world;
  world.clock.time = after(100);
  REQUIRE(world.note(IncidentPhase::contain, after(70)).empty());
  REQUIRE(world.edit(IncidentEdit::Kind::assign, 2, "bob"));
  CHECK(world.figures().unacknowledged.at(high).count == 1);
  REQUIRE(world.edit(IncidentEdit::Kind::close, 3, "true_positive"));

  CHECK(world.journal()[2] == "ann|phase||acknowledge|because|high||acknowledge|40");
  CHECK(acknowledged(world.figures()) == 1);
  CHECK(world.figures().unacknowledged.empty());
}

TEST_CASE("an incident only goes forward: contained or resolved by somebody, it stays what it is") {
  PhaseWorld world;
  world.clock.time = after(100);
  const auto kind = GENERATE(IncidentEdit::Kind::contain, IncidentEdit::Kind::close);
  REQUIRE(world.edit(kind, 1, "true_positive"));
  const Rows before = world.incident();
  const std::size_t lines = world.journal().size();
  CHECK(world.note(IncidentPhase::contain, after(200)).empty());

  CHECK(world.incident() == before);
  CHECK(world.journal().size() == lines);
}

TEST_CASE("what somebody contains counts for the rule that opened the incident") {
  PhaseWorld world;
  world.clock.time = after(100);
  REQUIRE(world.edit(IncidentEdit::Kind::contain, 1));

  CHECK(world.figures().contained_by_rule.at("rule-1").microseconds == 40'000'000);
  CHECK(world.figures().dwell[high].sum() == 100);
}

TEST_CASE("without a time to detect there is no dwell time") {
  LedgerWorld world;
  REQUIRE(world.insert({{.name = "a", .first = std::nullopt}}));
  REQUIRE(note_phase(world.database(), {IncidentPhase::contain, incident_id_of(test::alert_id("a")), "rule-1",
                                        "firewall", "", after(70)}));
  LedgerFigures figures(world.database());
  REQUIRE(figures.look());

  CHECK(figures.figures().at(high, IncidentPhase::contain).sum() == 10);
  CHECK(figures.figures().dwell[high].sum() == 0);
}

TEST_CASE(
    "a clock that was set back makes no phase shorter than nothing, and an unknown incident is an error") {
  PhaseWorld world;
  CHECK(world.note(IncidentPhase::respond, after(5)).empty());
  CHECK(world.figures().at(high, IncidentPhase::respond).sum() == 0);

  world.id = std::string(32, 'f');
  CHECK(world.note(IncidentPhase::respond, after(70)) == "there is no incident '" + world.id + "'");
}

}  // namespace alarum

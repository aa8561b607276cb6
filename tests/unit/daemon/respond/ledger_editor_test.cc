#include "daemon/respond/ledger_editor.h"

#include "daemon/base/fault.h"
#include "daemon/respond/ledger_figures.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;
using Kind = IncidentEdit::Kind;
using Rows = std::vector<std::string>;

/// A ledger with one new incident, opened at `after(60)`.
struct EditWorld : LedgerWorld {
  EditWorld() {
    clock.time = after(100);
    REQUIRE(insert({{.name = "a"}}));
    auto opened = LedgerEditor::open(path(), clock, damage);
    REQUIRE(opened.has_value());
    editor = *std::move(opened);
  }

  /// What is wrong with the edit; empty where it is done.
  std::string edit(Kind kind, std::int64_t revision, const std::string& value = "",
                   const std::string& note_kind = "finding") {
    clock.time.microseconds += 1'000'000;
    const auto done = editor->apply({.kind = kind,
                                     .incident = id,
                                     .revision = revision,
                                     .who = "ann",
                                     .who_uid = 1000,
                                     .why = why,
                                     .value = value,
                                     .note_kind = note_kind});
    if (!done) return done.error().message;
    return done->is_stale ? "stale: " + std::to_string(done->incident.revision) : "";
  }
  Rows journal() {
    return rows(
        "SELECT who || who_uid, change, from_value, to_value, why, phase, (at_us - since_us) / 1000000"
        " FROM journal WHERE journal_number > 1",
        7);
  }
  Rows incident() { return rows("SELECT state, assignee, verdict, revision FROM incidents", 4); }

  std::string why = "because";
  std::string id = incident_id_of(test::alert_id("a"));
  std::unique_ptr<LedgerEditor> editor;
};

}  // namespace

TEST_CASE("an incident goes through its life, and the journal says who, when, why, from and to") {
  EditWorld world;
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  CHECK(world.edit(Kind::assign, 2, "bob").empty());
  CHECK(world.edit(Kind::contain, 3).empty());
  CHECK(world.edit(Kind::close, 4, "true_positive").empty());

  CHECK(world.incident() == Rows{"resolved|bob|true_positive|5"});
  CHECK(world.journal() == Rows{"ann1000|state|new|acknowledged|because|acknowledge|41",
                                "ann1000|assignee||bob|because||",
                                "ann1000|state|acknowledged|contained|because|contain|43",
                                "ann1000|verdict||true_positive|because|identify|44",
                                "ann1000|state|contained|resolved|because|resolve|44"});
}

TEST_CASE("whoever closes a new incident has acknowledged it thereby") {
  EditWorld world;
  CHECK(world.edit(Kind::close, 1, "false_positive").empty());

  CHECK(world.incident() == Rows{"resolved||false_positive|2"});
  CHECK(world.journal() == Rows{"ann1000|state|new|acknowledged|because|acknowledge|41",
                                "ann1000|verdict||false_positive|because|identify|41",
                                "ann1000|state|acknowledged|resolved|because|resolve|41"});
}

TEST_CASE("an edit of what has changed meanwhile is stale, and changes nothing") {
  EditWorld world;
  CHECK(world.edit(Kind::assign, 1, "bob").empty());
  CHECK(world.edit(Kind::assign, 1, "eve") == "stale: 2");
  CHECK(world.edit(Kind::close, 3, "true_positive") == "stale: 2");

  CHECK(world.incident() == Rows{"new|bob||2"});
  CHECK(world.journal().size() == 1);
}

TEST_CASE("alerts that come in make no edit stale, unless they are worse") {
  EditWorld world;
  REQUIRE(world.insert({{.name = "b"}, {.name = "c", .level = "low"}}));
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  REQUIRE(world.insert({{.name = "d", .level = "critical"}}));
  CHECK(world.edit(Kind::close, 2, "false_positive") == "stale: 3");
}

TEST_CASE("a verdict takes a reason") {
  EditWorld world;
  world.why = "";
  CHECK(world.edit(Kind::close, 1, "false_positive") == "a verdict takes a reason: say why");
  CHECK(world.edit(Kind::acknowledge, 1).empty());
}

TEST_CASE("an edit whose commit fails has not happened, and can be made again") {
  EditWorld world;
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_commit" ? Status(Error{ErrorCode::io, "no space"}) : Status();
    });
    CHECK(world.edit(Kind::close, 1, "true_positive") == "no space");
    CHECK(world.edit(Kind::note, 0, "x") == "no space");
  }
  CHECK(world.incident() == Rows{"new|||1"});
  CHECK(world.journal().empty());
  CHECK(world.number("SELECT count(*) FROM notes") == 0);
  CHECK(world.edit(Kind::close, 1, "true_positive").empty());
}

TEST_CASE("a ledger that was found damaged is edited by nobody any more") {
  EditWorld world;
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_commit" ? Status(Error{ErrorCode::unsupported, "malformed"}) : Status();
    });
    CHECK(world.edit(Kind::acknowledge, 1) == "malformed");
  }
  CHECK(world.damage.is_found());
  CHECK(world.edit(Kind::acknowledge, 1) ==
        "the ledger is not written any more: the file is damaged; restore it, or move it away, and restart");
  CHECK(world.incident() == Rows{"new|||1"});
}

TEST_CASE("a clock that was set back makes no time shorter than nothing") {
  EditWorld world;
  world.clock.time = after(-1000);
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  CHECK(world.journal() == Rows{"ann1000|state|new|acknowledged|because|acknowledge|0"});
}

TEST_CASE("an edit meanwhile somebody writes is told to come again") {
  EditWorld world;
  auto held = LedgerTransaction::begin(world.database());
  REQUIRE(held.has_value());
  const std::string said = world.edit(Kind::acknowledge, 1);
  CHECK(said.ends_with("it is busy, try again"));
}

TEST_CASE("what makes no sense for an incident is refused with the reason") {
  EditWorld world;
  CHECK(world.edit(Kind::close, 1, "maybe") ==
        "a verdict is one of true_positive false_positive benign_true_positive, not 'maybe'");
  CHECK(world.edit(Kind::assign, 1, "") == "incident " + world.id + " is nobody's already");
  CHECK(world.edit(Kind::assign, 1, std::string(257, 'x')) == "the assignee is longer than 256 bytes");
  CHECK(world.edit(Kind::note, 0, "", "finding") == "the note is empty");
  CHECK(world.edit(Kind::note, 0, "x", "rumour") ==
        "a note is one of hypothesis finding decision, not 'rumour'");
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  CHECK(world.edit(Kind::acknowledge, 2) == "incident " + world.id + " is acknowledged already");
  CHECK(world.edit(Kind::close, 2, "true_positive").empty());
  CHECK(world.edit(Kind::assign, 3, "bob") == "incident " + world.id + " is resolved");
  CHECK(world.edit(Kind::close, 3, "true_positive") ==
        "incident " + world.id + " is resolved as true_positive already");
}

TEST_CASE("a verdict can be corrected after the end; its time is that of the first") {
  EditWorld world;
  CHECK(world.edit(Kind::close, 1, "true_positive").empty());
  CHECK(world.edit(Kind::close, 2, "false_positive").empty());

  CHECK(world.journal().back() == "ann1000|verdict|true_positive|false_positive|because||");
  CHECK(world.incident() == Rows{"resolved||false_positive|3"});
}

TEST_CASE("notes are added at any time, by kind, and change no revision") {
  EditWorld world;
  for (const char* const text : {"**bold** `code`", "'); DROP TABLE notes; --", "\x1b[2J"})
    CHECK(world.edit(Kind::note, 0, text, "hypothesis").empty());

  CHECK(world.rows("SELECT who || who_uid, kind, markdown FROM notes ORDER BY note_number", 3) ==
        Rows{"ann1000|hypothesis|**bold** `code`", "ann1000|hypothesis|'); DROP TABLE notes; --",
             "ann1000|hypothesis|\x1b[2J"});
  CHECK(world.incident() == Rows{"new|||1"});
}

TEST_CASE("an incident is found by the beginning of its id, where that is enough") {
  EditWorld world;
  world.id = world.id.substr(0, 6);
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  world.id = "abc";
  CHECK(world.edit(Kind::note, 0, "x") == "'abc' is no incident id: it takes 4 to 32 hex digits");
  world.id = "x' OR 1=1";
  CHECK(world.edit(Kind::note, 0, "x") == "'x' OR 1=1' is no incident id: it takes 4 to 32 hex digits");
  world.id = std::string(32, 'f');
  CHECK(world.edit(Kind::note, 0, "x") == "there is no incident '" + world.id + "'");
}

TEST_CASE("the figures count each phase of an incident once, wherever they begin to read") {
  EditWorld world;
  LedgerFigures followed(world.database());
  REQUIRE(followed.look());
  CHECK(world.edit(Kind::acknowledge, 1).empty());
  REQUIRE(followed.look());
  CHECK(world.edit(Kind::close, 2, "true_positive").empty());
  CHECK(world.edit(Kind::close, 3, "false_positive").empty());
  REQUIRE(followed.look());
  REQUIRE(followed.look());
  LedgerFigures anew(world.database());
  REQUIRE(anew.look());

  for (const LedgerFigures* const one : {&followed, &anew}) {
    const IncidentFigures& figures = one->figures();
    const std::size_t high = level_rank("high");
    CHECK(figures.at(high, IncidentPhase::detect).sum() == 60);
    CHECK(figures.at(high, IncidentPhase::acknowledge).sum() == 41);
    CHECK(figures.at(high, IncidentPhase::identify).sum() == 42);
    CHECK(figures.at(high, IncidentPhase::resolve).sum() == 42);
    CHECK(figures.open.empty());
  }
}

TEST_CASE("a look that fails counts nothing, and the next one counts everything once") {
  EditWorld world;
  LedgerFigures figures(world.database());
  REQUIRE(world.database().run("ALTER TABLE state_counts RENAME TO away"));
  CHECK_FALSE(figures.look());
  CHECK_FALSE(figures.look());
  REQUIRE(world.database().run("ALTER TABLE away RENAME TO state_counts"));
  REQUIRE(figures.look());

  CHECK(figures.figures().at(level_rank("high"), IncidentPhase::detect).sum() == 60);
  CHECK(figures.figures().open.at({level_rank("high"), IncidentState::fresh}).count == 1);
}

TEST_CASE("open incidents are counted by level and state through all of their life") {
  EditWorld world;
  LedgerFigures figures(world.database());
  const auto open = [&] {
    REQUIRE(figures.look());
    std::string out;
    for (const auto& [key, of] : figures.figures().open)
      out += std::string(incident_levels[key.level]) + " " + std::string(incident_state_name(key.state)) +
             " " + std::to_string(of.count) + " " +
             std::to_string(of.oldest.microseconds - after(0).microseconds) + "\n";
    return out;
  };
  REQUIRE(world.insert({{.name = "x", .entities = {{"host.name", "x"}}, .detected = after(50)}}));
  CHECK(open() == "high new 2 50000000\n");
  REQUIRE(world.insert({{.name = "b", .level = "critical"}}));
  CHECK(world.edit(Kind::acknowledge, 2).empty());
  CHECK(open() == "high new 1 50000000\ncritical acknowledged 1 60000000\n");
  CHECK(world.edit(Kind::close, 3, "true_positive").empty());
  CHECK(open() == "high new 1 50000000\n");
}

}  // namespace alarum

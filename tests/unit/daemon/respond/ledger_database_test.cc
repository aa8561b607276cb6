#include "daemon/respond/ledger_database.h"

#include "daemon/base/fault.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace alarum {
namespace {

using Access = LedgerDatabase::Access;
using test::LedgerWorld;

std::string problem(const std::string& path, Access access = Access::write) {
  const auto opened = LedgerDatabase::open(path, access, Duration(0));
  return opened ? "" : opened.error().message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Everything that is never changed.
std::string all_of(LedgerWorld& world) {
  std::string out;
  for (const char* const sql :
       {"SELECT journal_number, who, change, to_value, why FROM journal",
        "SELECT note_number, who, markdown, at_us, kind FROM notes",
        "SELECT alert_number, alert_id, rule_id, alert_json, detected_us FROM alerts",
        "SELECT incident_number, incident_id, title, opened_us, level FROM incidents"}) {
    for (const std::string& row : world.rows(sql, 5)) out += row + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a new ledger is in the newest version, synchronous, and for its owner alone") {
  LedgerWorld world;

  CHECK(world.number("PRAGMA user_version") == 1);
  CHECK(world.number("PRAGMA synchronous") == 2);
  CHECK(world.number("PRAGMA foreign_keys") == 1);
  CHECK(world.rows("PRAGMA journal_mode", 1) == std::vector<std::string>{"wal"});
  CHECK(std::filesystem::status(world.path()).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a ledger of a later version is refused and left as it is") {
  LedgerWorld world;
  REQUIRE(world.database().run("PRAGMA user_version = 2"));

  CHECK(
      problem(world.path()) ==
      "the ledger " + world.path() +
          ": it has version 2, and this program knows versions up to 1: use the alarumd that wrote it, or a "
          "later one");
  CHECK(world.number("PRAGMA user_version") == 2);
}

TEST_CASE("what is no ledger is refused") {
  test::TemporaryFolder folder;
  std::ofstream(folder / "text") << std::string(2000, 'x');
  CHECK(problem(folder / "text") == "the ledger " + (folder / "text") + ": file is not a database");
  CHECK(has(problem(folder / "no/where.db"), "No such file or directory"));
  CHECK(has(problem(folder.path().string()), "unable to open database file"));
  CHECK(has(problem(folder / "absent.db", Access::read), "unable to open database file"));
}

TEST_CASE("a database of another program is not touched") {
  LedgerWorld world;
  REQUIRE(world.database().run("PRAGMA application_id = 77"));
  CHECK(problem(world.path()) ==
        "the ledger " + world.path() + " is a database of another program; set ledger.path");
}

TEST_CASE("journal, notes and alerts cannot be changed or deleted, and incidents not deleted") {
  LedgerWorld world;
  REQUIRE(world.insert({{.name = "a"}}));
  REQUIRE(
      world.database().run("INSERT INTO notes (incident_id, at_us, who, kind, markdown) SELECT"
                           " incident_id, 1, 'ann', 'finding', 'x' FROM incidents"));

  for (const char* const sql :
       {"UPDATE journal SET why = ''", "DELETE FROM journal", "UPDATE notes SET who = 'eve'",
        "DELETE FROM notes", "UPDATE alerts SET rule_id = ''", "DELETE FROM alerts", "DELETE FROM incidents",
        "UPDATE incidents SET opened_us = 0"}) {
    INFO(sql);
    CHECK_FALSE(world.database().run(sql));
  }
  CHECK(world.number("SELECT count(*) FROM journal") == 1);
}

TEST_CASE("what cannot be changed cannot be replaced either, by number or by what else is unique") {
  LedgerWorld world;
  REQUIRE(world.insert({{.name = "a"}}));
  REQUIRE(
      world.database().run("INSERT INTO notes (incident_id, at_us, who, kind, markdown) SELECT"
                           " incident_id, 1, 'ann', 'finding', 'x' FROM incidents"));
  const std::string before = all_of(world);

  for (const char* const sql :
       {"INSERT OR REPLACE INTO journal SELECT journal_number, incident_id, 0, 'eve', NULL, change, '', '',"
        " '', level, NULL, NULL, NULL, NULL FROM journal",
        "REPLACE INTO journal SELECT NULL, incident_id, 0, 'eve', NULL, change, '', '', '', level, NULL,"
        " phase, NULL, NULL FROM journal",
        "REPLACE INTO notes SELECT note_number, incident_id, 0, 'eve', NULL, kind, 'y' FROM notes",
        "REPLACE INTO alerts SELECT alert_number, 'b', incident_id, 'r', 0, 0, 0, '' FROM alerts",
        "REPLACE INTO alerts SELECT NULL, alert_id, incident_id, 'r', 0, 0, 0, '' FROM alerts",
        "PRAGMA foreign_keys = OFF; REPLACE INTO incidents (incident_number, incident_id, state, level, "
        "title,"
        " opened_us) SELECT incident_number, 'b', state, level, '', 0 FROM incidents",
        "REPLACE INTO incidents (incident_id, state, level, title, opened_us) SELECT incident_id, state,"
        " level, '', 0 FROM incidents"}) {
    INFO(sql);
    CHECK_FALSE(world.database().run(sql));
  }
  CHECK(all_of(world) == before);
}

TEST_CASE("a ledger without a file is refused") {
  CHECK(has(problem(":memory:"), "would be in memory only; set ledger.path"));
  CHECK(has(problem(""), "would be in memory only"));
  CHECK(has(problem("file:x?mode=memory"), "would be in memory only"));
}

TEST_CASE("a reader cannot write, and sees what was committed") {
  LedgerWorld world;
  const auto reader = LedgerDatabase::open(world.path(), Access::read, Duration(0));
  REQUIRE(reader.has_value());
  CHECK_FALSE((*reader)->run("DELETE FROM incidents"));

  const auto before = (*reader)->version_of_others();
  REQUIRE(world.insert({{.name = "a"}}));
  CHECK(*(*reader)->number("SELECT count(*) FROM incidents") == 1);
  CHECK(*(*reader)->version_of_others() != *before);
}

TEST_CASE("a transaction that fails at its commit has not happened") {
  LedgerWorld world;
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_commit" ? Status(Error{ErrorCode::io, "no space"}) : Status();
    });
    const Status inserted = world.insert({{.name = "a"}});
    REQUIRE_FALSE(inserted);
    CHECK(inserted.error().message == "no space");
  }
  CHECK(world.number("SELECT count(*) FROM alerts") == 0);
  CHECK(world.number("SELECT count(*) FROM incidents") == 0);
}

TEST_CASE("a ledger that another connection holds is busy, and free afterwards") {
  LedgerWorld world;
  const auto other = LedgerDatabase::open(world.path(), Access::write, Duration(0));
  REQUIRE(other.has_value());
  {
    auto held = LedgerTransaction::begin(**other);
    REQUIRE(held.has_value());
    const Status inserted = world.insert({{.name = "a"}});
    REQUIRE_FALSE(inserted);
    CHECK(has(inserted.error().message, "it is busy, try again"));
  }
  CHECK(world.insert({{.name = "a"}}));
}

}  // namespace alarum

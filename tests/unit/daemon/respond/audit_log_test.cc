#include "daemon/respond/audit_log.h"

#include "daemon/base/digest.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;

constexpr std::size_t all = 1000;

AuditEntry entry_named(const std::string& subject) {
  return {.at = after(1),
          .who = "ann",
          .who_uid = 1000,
          .what = "allowed",
          .subject = subject,
          .incident_id = "",
          .detail = "because"};
}

/// A ledger whose audit log has entries about `a`, `b`, `c` and `d`.
struct AuditWorld : LedgerWorld {
  AuditWorld() {
    for (const char* const subject : {"a", "b", "c", "d"}) append(entry_named(subject));
  }

  void append(const AuditEntry& entry) {
    auto transaction = LedgerTransaction::begin(database());
    REQUIRE(transaction.has_value());
    auto log = AuditLog::prepare(database());
    REQUIRE(log.has_value());
    REQUIRE(log->append(entry));
    REQUIRE(transaction->commit());
  }
  AuditVerdict verify(const std::string& noted = "", AuditVerdict so_far = {}, std::size_t entries = all) {
    auto verdict = verify_audit(database(), std::move(so_far), noted, entries);
    REQUIRE(verdict.has_value());
    return *std::move(verdict);
  }
  /// The first entry that does not fit; 0 where all do.
  std::int64_t broken_at() {
    const AuditVerdict verdict = verify();
    return verdict.broken ? verdict.broken->number : 0;
  }
  /// As somebody who has the file does: first away with what stands in the way.
  void tamper(const std::string& sql) {
    REQUIRE(
        database().run("DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_whole;"
                       "DROP TRIGGER IF EXISTS audit_is_not_replaced;" +
                       sql));
  }
};

}  // namespace

TEST_CASE("an audit log that nobody touched fits, and its head is the hash of its last entry") {
  AuditWorld world;
  const AuditVerdict verdict = world.verify();
  CHECK_FALSE(verdict.broken);
  CHECK(verdict.is_end);
  CHECK(verdict.entries == 4);
  CHECK(std::vector{verdict.head} == world.rows("SELECT hash FROM audit WHERE audit_number = 4", 1));
}

TEST_CASE("the hash of an audit entry is that of its fields with their lengths, behind the one before") {
  const auto field = [](const std::string& text) {
    return std::string(1, static_cast<char>(text.size())) + std::string(7, '\0') + text;
  };
  const std::string fields = field(std::string(64, '0')) + field("1") + field("1767323046000000") +
                             field("ann") + field("1000") + field("allowed") + field("a") + field("") +
                             field("because");
  CHECK(audit_hash(audit_beginning(), 1, entry_named("a")) == sha256_hex(fields));
}

TEST_CASE("a change of any column of an audit entry is noticed") {
  for (const char* const change :
       {"at_us = at_us + 1", "who = 'bob'", "who_uid = 1001", "who_uid = NULL", "what = 'alloweD'",
        "subject = 'B'", "incident_id = '0'", "detail = detail || ' '", "detail = 'becaus'",
        "hash = replace(hash, substr(hash, 1, 1), 'x')", "audit_number = 40", "audit_number = -1"}) {
    AuditWorld world;
    world.tamper("UPDATE audit SET " + std::string(change) + " WHERE audit_number = 2");
    INFO(change);
    CHECK(world.broken_at() != 0);
    CHECK(world.broken_at() <= 3);
  }
}

TEST_CASE("text that is moved from one column of an audit entry to the next is noticed") {
  AuditWorld world;
  world.tamper("UPDATE audit SET what = 'allowe', subject = 'db' WHERE audit_number = 2");
  CHECK(world.broken_at() == 2);
}

TEST_CASE("an audit entry that is missing, slipped in or in another place is noticed") {
  SECTION("in the middle") {
    AuditWorld world;
    world.tamper("DELETE FROM audit WHERE audit_number = 3");
    CHECK(world.broken_at() == 4);
  }
  SECTION("the first") {
    AuditWorld world;
    world.tamper("DELETE FROM audit WHERE audit_number = 1");
    CHECK(world.broken_at() == 2);
  }
  SECTION("in the middle, and the rest moved up") {
    AuditWorld world;
    world.tamper(
        "DELETE FROM audit WHERE audit_number = 3;"
        "UPDATE audit SET audit_number = 3 WHERE audit_number = 4");
    CHECK(world.broken_at() == 3);
  }
  SECTION("two exchanged") {
    AuditWorld world;
    world.tamper(
        "UPDATE audit SET audit_number = 20 WHERE audit_number = 2;"
        "UPDATE audit SET audit_number = 2 WHERE audit_number = 3;"
        "UPDATE audit SET audit_number = 3 WHERE audit_number = 20");
    CHECK(world.broken_at() == 2);
  }
  SECTION("one more at the end") {
    AuditWorld world;
    world.tamper(
        "INSERT INTO audit SELECT 5, at_us, who, who_uid, what, subject, incident_id, detail, hash"
        " FROM audit WHERE audit_number = 4");
    CHECK(world.broken_at() == 5);
  }
  SECTION("one more in front") {
    AuditWorld world;
    world.tamper(
        "INSERT INTO audit SELECT 0, at_us, who, who_uid, what, subject, incident_id, detail, hash"
        " FROM audit WHERE audit_number = 1");
    CHECK(world.verify().broken.has_value());
  }
}

TEST_CASE("last audit entries that were removed are noticed, also when others have come since") {
  AuditWorld world;
  world.tamper("DELETE FROM audit WHERE audit_number >= 3");
  CHECK(world.broken_at() == 3);
  world.append(entry_named("e"));
  CHECK(world.broken_at() == 5);
}

TEST_CASE("a head that was noted proves that the audit log was not cut behind it and made to look whole") {
  AuditWorld world;
  const std::string noted = world.verify().head;
  world.append(entry_named("e"));
  CHECK(world.verify(noted).has_noted_head);

  world.tamper(
      "DELETE FROM audit WHERE audit_number >= 4;"
      "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'");
  CHECK(world.broken_at() == 0);
  CHECK_FALSE(world.verify(noted).has_noted_head);
}

TEST_CASE("an audit log is verified piece by piece with the same result") {
  AuditWorld world;
  const std::string noted = world.verify("", {}, 1).head;
  AuditVerdict so_far;
  int looks = 0;
  for (; !so_far.is_end && !so_far.broken && looks < 9; ++looks) so_far = world.verify(noted, so_far, 1);
  CHECK(looks == 5);
  CHECK(so_far.head == world.verify().head);
  CHECK(so_far.has_noted_head);
  CHECK(so_far.is_end);
}

TEST_CASE("an audit log without entries fits, and hostile texts in one do as well") {
  LedgerWorld empty;
  const auto verdict = verify_audit(empty.database(), {}, "", all);
  REQUIRE(verdict.has_value());
  CHECK((verdict->is_end && !verdict->broken && verdict->head == std::string(64, '0')));

  AuditWorld world;
  for (const std::string& text : test::hostile_texts())
    world.append({after(2), text, std::nullopt, text, text, text, text});
  CHECK(world.broken_at() == 0);
}

TEST_CASE("an audit entry whose transaction is given up has never been") {
  AuditWorld world;
  {
    const auto transaction = LedgerTransaction::begin(world.database());
    auto log = AuditLog::prepare(world.database());
    REQUIRE((transaction && log && log->append(entry_named("x"))));
  }
  CHECK(world.broken_at() == 0);
  world.append(entry_named("e"));
  CHECK(world.verify().entries == 5);
}

}  // namespace alarum

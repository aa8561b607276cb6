#include "daemon/demo/attack_watch.h"

#include "daemon/demo/backlog.h"

#include <catch2/catch.hpp>

namespace alarum::demo {
namespace {

const Attack& attack_named(std::string_view name) {
  for (const Attack& attack : attacks()) {
    if (attack.name == name) return attack;
  }
  FAIL("no attack is called so");
  return attacks().front();
}

std::string rule_of(std::string_view attack, std::size_t index = 0) {
  return std::string(attack_named(attack).rules[index]);
}

}  // namespace

TEST_CASE("an attack is found when each of its rules fired as often as it was begun") {
  AttackWatch watch({});
  CHECK(watch.is_complete());  // nothing was begun

  watch.note_begin("lsass-minidump");
  CHECK(watch.take(rule_of("lsass-minidump", 0)));
  CHECK_FALSE(watch.is_complete());
  CHECK(watch.take(rule_of("lsass-minidump", 1)));
  CHECK(watch.is_complete());

  watch.note_begin("lsass-minidump");
  CHECK_FALSE(watch.is_complete());
}

TEST_CASE("an alert is unexplained when its attack was not begun, came before, or is nobody's") {
  AttackWatch watch({"reverse-shell"});
  watch.note_begin("web-sql-injection");

  CHECK(watch.take(rule_of("web-sql-injection")));
  CHECK_FALSE(watch.take(rule_of("web-sql-injection")));
  CHECK_FALSE(watch.take(rule_of("reverse-shell")));
  CHECK_FALSE(watch.take("00000000-0000-4000-8000-000000000000"));

  CHECK(watch.unexplained() == 3);
  CHECK(watch.is_complete());
}

TEST_CASE("the attacks that are left out are those that were named") {
  const AttackWatch watch({"reverse-shell"});
  for (const AttackWatch::Entry& entry : watch.entries()) {
    CHECK(entry.is_left_out == (entry.attack.name == "reverse-shell"));
  }
}

TEST_CASE("a backlog has room until its bytes wait, and again when its consumer has committed some") {
  Backlog backlog(100);
  backlog.note_sent(60);
  CHECK(backlog.has_room());
  backlog.note_sent(60);
  CHECK_FALSE(backlog.has_room());

  backlog.note_committed(1);

  CHECK(backlog.has_room());
  CHECK(backlog.committed() == 1);
  CHECK(backlog.sent() == 2);
}

TEST_CASE("a backlog takes the same word twice, and more than was sent for all of it") {
  Backlog backlog(100);
  for (int i = 0; i < 3; ++i) backlog.note_sent(50);
  backlog.note_committed(2);
  backlog.note_committed(2);
  CHECK(backlog.committed() == 2);
  backlog.note_committed(9);
  CHECK(backlog.committed() == 3);
}

}  // namespace alarum::demo

#include "daemon/api/action_commands.h"

#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

#include <unistd.h>

namespace alarum {
namespace {

using test::after;
using test::LedgerWorld;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// An empty ledger, and who answers about its actions.
struct ActionCommandWorld : LedgerWorld {
  ActionCommandWorld() {
    clock.time = after(100);
    ActionRules some;
    some.guard_rails.duration_max = std::chrono::hours(24);
    some.guard_rails.leave_alone = std::chrono::hours(1);
    some.blockers = {{"firewall", ResponderMode::automatic}};
    rules.publish(std::make_shared<const ActionRules>(some));
    auto opened = ActionCommands::open(path(), "", rules, clock, damage);
    REQUIRE(opened.has_value());
    commands = *std::move(opened);
  }
  std::string ask(const std::string& line, uid_t user = 0) {
    const auto request = parse_control_request(line);
    REQUIRE(request.has_value());
    CHECK(ActionCommands::answers(request->command()));
    return commands->answer(*request, {user, {user}});
  }
  void done() { REQUIRE(database().run("UPDATE actions SET state = 'done', until_us = 9e17")); }

  Published<ActionRules> rules;
  std::unique_ptr<ActionCommands> commands;
};

constexpr const char* add_block = R"({"command":"block_add","target":"203.0.113.7","for":"15m","why":"bad"})";
constexpr const char* nothing_back =
    R"({"schema":"alarum.action_edit/1","action_id":null,"blocks_taken_back":0,)"
    R"("blocks_to_come":0,"held_by":[]})";

}  // namespace

TEST_CASE("a block that was ordered over the control socket is listed with all that is known of it") {
  ActionCommandWorld world;
  const std::string id = id_of({"manual", "firewall", "203.0.113.7", "0"});
  CHECK(world.ask(add_block) == R"({"schema":"alarum.action_edit/1","action_id":")" + id +
                                    R"(","blocks_taken_back":0,"blocks_to_come":0,"held_by":[]})");
  CHECK(world.ask(R"({"command":"block_list"})") ==
        R"({"schema":"alarum.block_list/1","breaker":null,"blocks":[{"action_id":")" + id +
            R"(","incident_id":null,"rule_id":null,"playbook":null,"responder":"firewall",)"
            R"("nature":"blocking","target":"203.0.113.7","state":"intent","attempts":0,)"
            R"("intended":"2026-01-02T03:05:45.000000Z","ended":null,"until":null,"reference":null,)"
            R"("why":"bad"}],"next_before":null})");
}

TEST_CASE("a list has room for what its texts take when they are escaped, and says that it was cut") {
  ActionCommandWorld world;
  REQUIRE(world.database().run(
      "WITH RECURSIVE count(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM count WHERE i < 999)"
      " INSERT INTO exemptions (network, kind, until_us, at_us, who, who_uid, why)"
      " SELECT '10.0.' || (i / 256) || '.' || (i % 256), 'allowed', 9e17, 0, 'root', 0,"
      " replace(hex(zeroblob(2048)), '0', char(1)) FROM count"));  // a control character takes six bytes
  const std::string list = world.ask(R"({"command":"allow_list"})");
  CHECK(list.size() > (3U << 20U));
  CHECK(list.size() < (5U << 20U));
  CHECK(has(list, R"("exemptions_cut":true)"));
}

TEST_CASE("blocks are removed and undone, networks allowed and not any more, over the control socket") {
  ActionCommandWorld world;
  REQUIRE(has(world.ask(add_block), "alarum.action_edit/1"));
  world.done();
  CHECK(has(world.ask(R"({"command":"block_remove","target":"203.0.113.7"})"), R"("blocks_taken_back":1)"));
  CHECK(has(world.ask(R"({"command":"block_list"})"), R"("state":"undoing")"));
  world.done();
  CHECK(has(world.ask(R"({"command":"block_undo","since":"2026-01-01T00:00:00Z"})"),
            R"("blocks_taken_back":1)"));
  world.done();
  CHECK(has(world.ask(R"({"command":"allow_add","network":"203.0.113.0/24","for":"1h","why":"us"})"),
            R"("blocks_taken_back":1)"));
  CHECK(has(world.ask(R"({"command":"allow_list"})"),
            R"({"schema":"alarum.allow_list/1","exemptions":[{"network":"203.0.113.0/24","kind":"allowed",)"
            R"("until":"2026-01-02T04:05:45.000000Z","at":"2026-01-02T03:05:45.000000Z","who":"root",)"
            R"("who_uid":0,"why":"us"},{"network":"203.0.113.7","kind":"left_alone")"));
  CHECK(world.ask(R"({"command":"allow_remove","network":"203.0.113.0/24"})") == nothing_back);
  CHECK(
      has(world.ask(R"({"command":"allow_remove","network":"203.0.113.0/24"})"), R"("reason":"not_found")"));
}

TEST_CASE("a breaker that has tripped is shown with the blocks, and reset") {
  ActionCommandWorld world;
  REQUIRE(world.database().run("INSERT INTO breaker VALUES (1, 'cap', 'blocks_max:9', 'full', 0)"));
  CHECK(has(world.ask(R"({"command":"block_list"})"),
            R"("breaker":{"guard":"cap","entry":"blocks_max:9","why":"full","at":"1970-)"));
  CHECK(world.ask(R"({"command":"breaker_reset","why":"mended"})") == nothing_back);
  CHECK(has(world.ask(R"({"command":"block_list"})"), R"("breaker":null)"));
}

TEST_CASE("the audit log is listed and verified over the control socket") {
  ActionCommandWorld world;
  REQUIRE(has(world.ask(add_block), "alarum.action_edit/1"));
  CHECK(has(world.ask(R"({"command":"audit_list"})"),
            R"({"schema":"alarum.audit_list/1","entries":[{"number":1,"at":"2026-01-02T03:05:45.000000Z",)"
            R"("who":"root","who_uid":0,"what":"block_ordered")"));
  const std::string fits = world.ask(R"({"command":"audit_verify"})");
  CHECK(has(fits, R"({"schema":"alarum.audit_verify/1","entries":1,"head":")"));
  CHECK(has(fits, R"("end":true,"has_noted_head":false,"broken_at":null,"why":""})"));
  CHECK(has(world.ask(R"({"command":"audit_verify","hash":"abc"})"), R"("reason":"invalid")"));

  REQUIRE(world.database().run("DROP TRIGGER audit_is_kept; UPDATE audit SET who = 'bob'"));
  CHECK(has(world.ask(R"({"command":"audit_verify"})"), R"("broken_at":1,"why":"its hash)"));
}

TEST_CASE("who is no analyst reads what is blocked and changes nothing of it") {
  ActionCommandWorld world;
  const uid_t stranger = geteuid() + 4711;
  for (const char* const line :
       {add_block, R"({"command":"block_remove","target":"203.0.113.7"})",
        R"({"command":"block_undo","rule":"r"})", R"({"command":"breaker_reset","why":"x"})",
        R"({"command":"allow_add","network":"203.0.113.7","for":"1h","why":"x"})",
        R"({"command":"allow_remove","network":"203.0.113.7"})"})
    CHECK(has(world.ask(line, stranger), R"("reason":"forbidden")"));
  CHECK(has(world.ask(R"({"command":"block_list"})", stranger), R"("blocks":[])"));
  CHECK(world.number("SELECT count(*) FROM audit") == 0);
}

TEST_CASE("what makes no sense about blocks is said with its reason") {
  ActionCommandWorld world;
  CHECK(has(world.ask(R"({"command":"block_add","target":"203.0.113.7","why":"x"})"),
            "the request has no 'for'"));
  CHECK(has(world.ask(R"({"command":"block_add","target":"203.0.113.7","for":"soon","why":"x"})"),
            "'for' is a time like 15m or 2h, not 'soon'"));
  CHECK(has(world.ask(R"({"command":"block_undo","since":"today"})"), "'since' is a time like"));
  CHECK(has(world.ask(R"({"command":"block_undo"})"), "say which blocks"));
}

}  // namespace alarum

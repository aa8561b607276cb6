#include "daemon/respond/block_judge.h"

#include "daemon/respond/action_editor.h"
#include "responders/jira.h"
#include "tests/unit/support/dispatch_world.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::block_playbook;
using test::client_alert;
using test::DispatchWorld;
using Lines = std::vector<std::string>;

/// A dispatcher, and somebody who edits actions.
struct JudgeWorld : DispatchWorld {
  explicit JudgeWorld(std::string_view playbooks = block_playbook) : DispatchWorld(playbooks) {}

  /// Goes on with the guard rails as they are now.
  void begin(std::string_view playbooks = block_playbook) {
    set_playbooks(playbooks);
    start();
    editor = editor_of_now();
  }
  /// The mode of whoever acts from now on.
  void set_mode(ResponderMode mode) {
    auto changed = std::make_shared<ResponsePlan>(*plan);
    for (PlaybookResponder& responder : changed->playbooks.responders) responder.mode = mode;
    plan = std::move(changed);
    dispatcher->adopt(plan);
  }
  void block(const std::string& target) {
    REQUIRE(editor->block({target, minutes(15), ""}, ana).has_value());
    REQUIRE(until(
        [&] { return number("SELECT count(*) FROM actions WHERE state IN ('intent', 'executing')") == 0; }));
  }
  /// Blocks so many addresses for a day, by one alert each.
  void block_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) alert_of("198.51.100." + std::to_string(i));
  }
  void alert_of(const std::string& address) {
    test::AlertText alert = client_alert(address, address);
    alert.detected = clock.time;
    REQUIRE(insert({alert}));
    settle();
  }

  ActionPerson ana{"ana", 1000, "because"};
  std::unique_ptr<ActionEditor> editor;
};

constexpr std::string_view long_playbook =
    "playbooks:\n- name: p\n  when: {level: '*'}\n"
    "  do: [{responder: firewall, target: source.ip, for: 24h}]\n";

constexpr std::string_view script_playbook =
    "playbooks:\n- name: p\n  when: {level: '*'}\n  do: [{responder: script, target: source.ip}]\n";

}  // namespace

TEST_CASE("that a block of a person trips the breaker can be told by a ticket") {
  JudgeWorld world;
  world.guard_rails.blocks_max = 1;
  world.begin();
  world.block("192.0.2.1");
  world.block("192.0.2.2");

  CHECK(world.actions_of("tickets") == Lines{"|done"});
  const IncidentNotice told = world.script.last().notice;
  const JiraTarget jira{"https://jira.example", JiraEdition::cloud, "", "SOC", "Task"};
  CHECK(jira_create(jira, told).body.find(jira_label(told.incident_id)) != std::string::npos);
  CHECK(told.incident_id.size() == 32);
  CHECK(world.rows("SELECT who, subject, detail FROM audit WHERE what = 'breaker_tripped'", 3) ==
        Lines{"alarumd|cap|blocks_max:1: the cap is reached"});
  CHECK(told.title == "Alarum's breaker has tripped");
  CHECK(told.text ==
        "It has tripped (blocks_max:1): actions are only written down until somebody has looked."
        " This is no incident.");
}

TEST_CASE("that the breaker has tripped says nothing of the incident that was one too many") {
  JudgeWorld world;
  world.guard_rails.blocks_max = 1;
  world.begin();
  world.alert_of("192.0.2.1");
  world.alert_of("192.0.2.2");

  CHECK(world.actions_of("chat") == Lines{"|done"});
  const Action told = world.script.last();
  CHECK(told.notice.entities.empty());
  CHECK(told.notice.rule_ids.empty());
  CHECK(told.alert_json.empty());
  CHECK(told.rule_id.empty());
  CHECK(
      world.rows("SELECT 1 FROM incidents WHERE incident_id = '" + told.notice.incident_id + "'", 1).empty());
  CHECK(world.number("SELECT count(*) FROM journal WHERE phase = 'notify'") == 0);
}

TEST_CASE("a script acts on nobody who is protected or left alone") {
  JudgeWorld world;
  world.guard_rails.trusted_proxies = {*IpNetwork::parse("192.0.2.1")};
  world.guard_rails.never_block = {*IpNetwork::parse("198.51.100.0/24")};
  world.begin(script_playbook);
  REQUIRE(world.editor->unblock("203.0.113.7", world.ana).has_value());
  for (const char* const address : {"192.0.2.1", "::ffff:192.0.2.1", "2002:c633:6407::1", "203.0.113.7"})
    world.alert_of(address);
  CHECK(world.actions().empty());
  CHECK(world.rows("SELECT guard FROM decisions ORDER BY at_us, guard", 1) ==
        Lines{"left_alone", "never_block", "trusted_proxy"});

  world.alert_of("192.0.2.2");
  CHECK(world.script.asked() == Lines{"script act 192.0.2.2"});
}

TEST_CASE("a script that has not begun does not begin once its target is allowed") {
  JudgeWorld world;
  world.script.answer("script", {.verdict = ActionVerdict::not_done, .why = "busy", .wait = minutes(1)});
  world.begin(script_playbook);
  world.alert_of("192.0.2.1");
  REQUIRE(world.editor->allow("192.0.2.0/24", hours(1), world.ana).has_value());
  world.pass(minutes(2));
  world.settle();

  CHECK(world.actions() == Lines{"script|192.0.2.1|denied"});
  CHECK(world.script.asked() == Lines{"script act 192.0.2.1"});
}

TEST_CASE("a block lasts twice as long where one was made before, and no longer where it failed") {
  JudgeWorld world;
  world.script.answer("firewall", {.verdict = ActionVerdict::failed, .why = "no"});
  world.begin();
  const auto lasted = [&](const std::string& address, const char* name) {
    test::AlertText alert = client_alert(name, address);
    alert.first = alert.detected = world.clock.time;
    REQUIRE(world.insert({alert}));
    world.settle();
    return world.number("SELECT lasts_us / 60000000 FROM actions ORDER BY action_number DESC LIMIT 1");
  };
  CHECK(lasted("192.0.2.1", "fails") == 15);
  CHECK(lasted("192.0.2.1", "first") == 15);
  world.pass(hours(2));  // so that the next one is another incident
  CHECK(lasted("192.0.2.1", "second") == 30);
  CHECK(world.number("SELECT count(DISTINCT incident_id) FROM actions") == 2);
  CHECK(lasted("192.0.2.2", "other") == 15);
  world.pass(hours(8 * 24));
  CHECK(lasted("192.0.2.1", "late") == 15);
}

TEST_CASE("a block that a guard takes back says so in the audit log, and why it is gone") {
  JudgeWorld world;
  world.begin();
  world.alert_of("192.0.2.1");
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy"});
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(block_playbook);
  REQUIRE(
      world.until([&] { return world.number("SELECT count(*) FROM actions WHERE why LIKE '%busy'") == 1; }));
  CHECK(world.rows("SELECT why FROM actions", 1).front().starts_with("guard never_block 192.0.2.0/24: "));
  world.pass(minutes(1));
  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|undone"}; }));

  CHECK(world.rows("SELECT why FROM actions", 1) ==
        Lines{"guard never_block 192.0.2.0/24: the target shares an address with this entry"});
  CHECK(world.rows("SELECT what FROM audit", 1) == Lines{"action_done", "action_undoing", "action_undone"});
}

TEST_CASE("a block to come that becomes protected is counted as denied, and nobody waits for it") {
  JudgeWorld world;
  const std::string chain =
      "playbooks:\n- name: p\n  when: {level: '*'}\n  do:\n  - {responder: firewall, target: source.ip}\n"
      "  - {responder: chat, only_if: previous_done}\n";
  world.script.answer("firewall", {.verdict = ActionVerdict::not_done, .why = "busy", .wait = minutes(4)});
  world.begin(chain);
  world.alert_of("192.0.2.1");
  world.guard_rails.never_block = {*IpNetwork::parse("192.0.2.0/24")};
  world.set_playbooks(chain);

  REQUIRE(world.until([&] { return world.actions() == Lines{"firewall|192.0.2.1|denied", "chat||failed"}; }));
  CHECK(world.rows("SELECT guard, times FROM action_counts WHERE outcome = 'denied'", 2) ==
        Lines{"never_block|1"});
  CHECK(world.number("SELECT count(*) FROM audit WHERE what = 'action_denied'") == 1);
}

TEST_CASE("what is in shadow takes no room from what is done, and trips nothing") {
  JudgeWorld world;
  world.guard_rails.blocks_max = world.guard_rails.blocks_per_hour_max = 2;
  world.begin();
  world.set_mode(ResponderMode::shadow);
  for (const char* const address : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) world.alert_of(address);
  CHECK(world.rows("SELECT target, entry FROM decisions WHERE fate = 'denied'", 2) ==
        Lines{"192.0.2.3|blocks_max:2"});
  CHECK(world.number("SELECT count(*) FROM breaker") == 0);

  world.set_mode(ResponderMode::automatic);
  world.alert_of("192.0.2.4");
  world.alert_of("192.0.2.5");
  CHECK(world.number("SELECT count(*) FROM actions WHERE state = 'done'") == 2);
}

TEST_CASE("what was in shadow before the breaker was reset does not count behind it") {
  JudgeWorld world;
  world.guard_rails.blocks_max = 2;
  world.begin();
  world.set_mode(ResponderMode::shadow);
  for (const char* const address : {"192.0.2.1", "192.0.2.2"}) world.alert_of(address);
  REQUIRE(world.database().run("INSERT INTO breaker VALUES (1, 'cap', 'blocks_max:2', 'x', 1)"));
  world.pass(minutes(1));
  REQUIRE(world.editor->reset_breaker(world.ana));
  world.pass(minutes(1));
  for (const char* const address : {"192.0.2.3", "192.0.2.4", "192.0.2.5"}) world.alert_of(address);

  CHECK(world.rows("SELECT target FROM decisions WHERE fate = 'denied'", 1) == Lines{"192.0.2.5"});
}

TEST_CASE("blocks that began before the clients were counted are no share of them") {
  JudgeWorld world;
  world.guard_rails.clients_percent_max = 5;
  world.clients = std::nullopt;
  world.begin(long_playbook);
  world.block_many(30);
  CHECK(world.number("SELECT count(*) FROM actions WHERE state = 'done'") == 30);

  world.pass(minutes(10));
  for (const std::uint64_t few : {0, 20, 199}) {
    world.clients = few;
    world.alert_of("192.0.2." + std::to_string(few));
  }
  CHECK(world.number("SELECT count(*) FROM breaker") == 0);
  CHECK(world.number("SELECT count(*) FROM actions WHERE state = 'done'") == 33);
}

TEST_CASE("of the clients of ten minutes ten are blocked, or the share, and the next one trips the breaker") {
  for (const std::uint64_t clients : {20, 1000}) {
    JudgeWorld world;
    world.guard_rails.clients_percent_max = 5;
    world.clients = clients;
    world.begin(long_playbook);
    const std::size_t max = clients == 20 ? 10 : 50;
    world.block_many(max);
    CHECK(world.number("SELECT count(*) FROM breaker") == 0);

    world.alert_of("192.0.2.1");
    CHECK(world.rows("SELECT entry FROM breaker", 1) == Lines{"clients_percent_max:5"});
    CHECK(world.number("SELECT count(*) FROM actions WHERE state = 'done' AND nature = 'blocking'") ==
          static_cast<std::int64_t>(max));
  }
}

TEST_CASE("blocks in shadow are no share of the clients") {
  JudgeWorld world;
  world.guard_rails.clients_percent_max = 5;
  world.guard_rails.canary = hours(1);
  world.clients = 20;
  world.begin(long_playbook);
  world.block_many(30);
  world.guard_rails.canary = Duration(0);
  world.set_playbooks(long_playbook);
  world.alert_of("192.0.2.1");

  CHECK(world.number("SELECT count(*) FROM actions WHERE state = 'shadow'") == 30);
  CHECK(world.actions().back() == "firewall|192.0.2.1|done");
}

}  // namespace alarum

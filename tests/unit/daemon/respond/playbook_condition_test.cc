#include "daemon/respond/playbook_condition.h"

#include "tests/unit/support/playbook_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::PlaybookWorld;

/// The problems of a playbook with this condition, which begins at 3:9.
std::string when_problems(std::string_view when) {
  return test::playbook_problems(test::playbook_with(when));
}

/// Why a playbook with this condition is not for the alert.
std::string why(const PlaybookWorld& world, std::string_view when) {
  const auto decisions = world.decide(test::playbook_with(when));
  CHECK(decisions.front().fate == StepFate::condition);
  return decisions.front().why;
}

}  // namespace

TEST_CASE("a condition looks at the fields of the alert and of its incident") {
  PlaybookWorld world;
  world.incident.state = IncidentState::acknowledged;
  world.incident.level = "critical";
  world.incident.verdict = "true_positive";
  world.incident.assignee = "ann";
  for (const std::string_view when : {"{level: high}",
                                      "{tags|contains: t1110}",
                                      "{tags: [attack.t1110]}",
                                      "{kind: signature}",
                                      "{provisional: false}",
                                      "{source: windows}",
                                      "{source: linux}",
                                      "{topic: windows-events}",
                                      "{rule.id: rule-1}",
                                      "{rule.title|startswith: some}",
                                      "{rule.status: stable}",
                                      "{rule.revision: 0123456789abcdef}",
                                      "{log_source.product: windows}",
                                      "{log_source.category: logon}",
                                      "{log_source.service: security}",
                                      "{entity.host.name: WS-17}",
                                      "{entity.source.ip|cidr: 192.0.2.0/24}",
                                      "{incident.state: acknowledged}",
                                      "{incident.level: critical}",
                                      "{incident.alert_count: 3}",
                                      "{incident.alert_count|gte: 3}",
                                      "{incident.revision|lt: 3}",
                                      "{incident.assignee: Ann}",
                                      "{incident.verdict: true_positive}",
                                      "{entity.user.name: null}",
                                      "{entity.host.name|re: '^ws-\\d+$'}"}) {
    CAPTURE(when);
    CHECK(world.holds(when));
  }
  for (const std::string_view when :
       {"{level: low}", "{tags: t1110}", "{provisional: true}", "{source: aws}",
        "{entity.source.ip|cidr: 198.51.100.0/24}", "{incident.state: new}", "{incident.alert_count|gt: 3}",
        "{incident.assignee: null}", "{entity.user.name: '*'}"}) {
    CAPTURE(when);
    CHECK_FALSE(world.holds(when));
  }
}

TEST_CASE("what an alert does not say is missing for a condition") {
  PlaybookWorld world;
  world.alert.tags.clear();

  CHECK(world.holds("{tags: null, log_source.product: null, source: null, provisional: null}"));
  CHECK(world.holds("{level: high, rule.id: rule-1}"));
}

TEST_CASE("levels and states of a condition have an order") {
  PlaybookWorld world;
  world.alert.level = "medium";
  world.incident.state = IncidentState::acknowledged;

  CHECK(world.holds("{level|gte: medium}"));
  CHECK(world.holds("{level|lte: MEDIUM}"));
  CHECK(world.holds("{level|gt: low}"));
  CHECK(world.holds("{level|lt: high}"));
  CHECK(world.holds("{level|gte|neq: high}"));
  CHECK_FALSE(world.holds("{level|gte: high}"));
  CHECK_FALSE(world.holds("{level|lte: low}"));
  CHECK_FALSE(world.holds("{level|gt: medium}"));
  CHECK_FALSE(world.holds("{level|lt: medium}"));
  CHECK(world.holds("{incident.state|gte: acknowledged}"));
  CHECK_FALSE(world.holds("{incident.state|gt: acknowledged}"));
}

TEST_CASE("lines of a condition all have to hold, of a list of selections any will do") {
  const PlaybookWorld world;

  CHECK(world.holds("{level: high, tags|contains: t1110}"));
  CHECK_FALSE(world.holds("{level: high, tags|contains: t1059}"));
  CHECK(world.holds("[{level: low}, {tags|contains: t1110}]"));
  CHECK_FALSE(world.holds("[{level: low}, {tags|contains: t1059}]"));
}

TEST_CASE("selections of a playbook can have names and a condition") {
  const PlaybookWorld world;

  CHECK(world.holds("{bad: {level|gte: high}, known: {rule.id: rule-2}, condition: bad and not known}"));
  CHECK_FALSE(
      world.holds("{bad: {level|gte: high}, known: {rule.id: rule-1}, condition: bad and not known}"));
}

TEST_CASE("a playbook that is not for an alert says why, with the values seen") {
  PlaybookWorld world;
  world.alert.level = "low";

  CHECK(why(world, "{level|gte: medium, tags|contains: t1110}") == "level|gte is 'low'");
  CHECK(why(world, "{tags: x, entity.user.name: root}") ==
        "tags is 'attack.t1110', 'attack.credential_access', entity.user.name is missing");
  CHECK(why(world, "[{level: high}, {level: medium}]") == "level is 'low'");
  CHECK(why(world, "{a: {level: low}, condition: not a}") == "level is 'low'");
  CHECK(why(world, "{a: {level: low}, b: {level: high}, condition: a and b}") == "level is 'low'");
}

TEST_CASE("what attackers wrote is cut and harmless where a playbook says why") {
  for (const std::string& text : test::hostile_texts()) {
    PlaybookWorld world;
    world.alert.entities = {{"user.name", text}};
    const std::string told = why(world, "{entity.user.name: ann}");

    CHECK(told.size() < 400);
    CHECK(std::all_of(told.begin(), told.end(), [](char c) { return c < 0 || (c >= ' ' && c != '\x7f'); }));
    CHECK(told.find("\xE2\x80\xAE") == std::string::npos);
  }
}

TEST_CASE("what attackers wrote is compared by a playbook byte for byte, and is never a pattern") {
  PlaybookWorld world;
  world.alert.entities = {{"user.name", "*"}};
  CHECK_FALSE(world.holds("{entity.user.name: ann}"));
  CHECK(world.holds("{entity.user.name: '\\*'}"));
}

TEST_CASE("a field that alerts and incidents do not have is an error that names the nearest one") {
  CHECK(when_problems("{incident.stat: new}") ==
        "3:10 unknown_field: alerts and incidents have no field 'incident.stat' (did you mean "
        "'incident.state'?)\n");
  CHECK(when_problems("[{level: high, source.ip|cidr: 10.0.0.0/8}]") ==
        "3:24 unknown_field: alerts and incidents have no field 'source.ip' (write 'entity.source.ip')\n");
  CHECK(when_problems("{rule.title|fieldref: rule.titel}") ==
        "3:31 unknown_field: alerts and incidents have no field 'rule.titel' (did you mean 'rule.title'?)\n");
  CHECK(when_problems("{entity.source.ib: x}") ==
        "warning 3:10 unusual_entity: only rules that say so give entities of type 'source.ib' (did you mean "
        "'source.ip'?)\n");
  CHECK(when_problems("{entity.container.id: x}").empty());
}

TEST_CASE("a word that a field of a condition never has is an error") {
  CHECK(when_problems("{level: hgih}") ==
        "3:17 invalid_value: 'level' is one of informational low medium high critical, never 'hgih' (did you "
        "mean 'high'?)\n");
  CHECK(when_problems("{incident.state: [new, open]}") ==
        "3:32 invalid_value: 'incident.state' is one of new acknowledged contained resolved, never 'open'\n");
  CHECK(when_problems("{level|gt: critical}") ==
        "3:20 invalid_value: 'level|gt': there is nothing beyond 'critical'\n");
  CHECK(when_problems("{level|gte: [low, high]}") ==
        "3:21 invalid_value: 'level|gte' takes one of informational low medium high critical\n");
  CHECK(when_problems("{level: 'h*'}").empty());
}

TEST_CASE("a condition of a playbook has no keywords") {
  CHECK(when_problems("[mimikatz, {level: high}]") ==
        "3:10 keyword: a condition of a playbook names the fields that it looks at (write 'field: value')\n");
  CHECK(when_problems("{'|all': [a, b]}") ==
        "3:10 keyword: a condition of a playbook names the fields that it looks at (write 'field: value')\n");
}

TEST_CASE("what is wrong with a selection of a playbook is what is wrong with one of a rule") {
  CHECK(when_problems("{tags|contain: x}") ==
        "3:15 unknown_modifier: unknown modifier 'contain' (did you mean 'contains'?)\n");
  CHECK(when_problems("{a: {level: high}, condition: b}").starts_with("3:39 "));
  CHECK(when_problems("{}").starts_with("3:9 invalid_value: the selection is empty"));
}

}  // namespace alarum

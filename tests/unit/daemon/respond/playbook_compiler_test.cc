#include "daemon/respond/playbook_compiler.h"

#include "daemon/alert/entity_table.h"
#include "daemon/respond/playbook_fields.h"
#include "tests/unit/support/playbook_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::playbook_problems;
using test::playbook_with;

/// The problems of a playbook for every alert with these steps, which begin at 4:7.
std::string step_problems(std::string_view steps) {
  return playbook_problems(playbook_with("{level: '*'}", steps));
}

}  // namespace

TEST_CASE("a playbook whose responders have what they need has no problems") {
  CHECK(step_problems("[chat, {responder: firewall, target: source.ip, for: 15m}, {responder: script, "
                      "target: host.name, only_if: previous_done}]")
            .empty());
}

TEST_CASE("an unknown responder is an error that names the nearest one") {
  CHECK(step_problems("[firewal]") ==
        "4:8 unknown_responder: there is no responder 'firewal' (did you mean 'firewall'?)\n");
  CHECK(step_problems("[jira]") ==
        "4:8 unknown_responder: there is no responder 'jira' (describe it below 'responders:')\n");
}

TEST_CASE("a responder that takes every alert has no place in a playbook") {
  CHECK(step_problems("[soc-topic]") ==
        "4:8 needless_step: 'soc-topic' takes every alert, without any playbook (name a responder that tells "
        "or acts)\n");
}

TEST_CASE("a responder that tells has neither target nor end") {
  CHECK(step_problems("[{responder: chat, target: source.ip, for: 15m}]") ==
        "4:26 wrong_kind: 'chat' tells of incidents and acts on nothing (leave 'target' out)\n"
        "4:45 wrong_kind: what 'chat' does has no end (leave 'for' out)\n");
}

TEST_CASE("a responder that blocks needs a target that is an address") {
  CHECK(step_problems("[firewall]") ==
        "4:8 missing_key: 'firewall' acts, and nothing says on what: 'target' is missing (write the type of "
        "an entity, such as source.ip)\n");
  CHECK(step_problems("[{responder: firewall, target: host.name, for: 15m}]") ==
        "4:30 invalid_value: 'firewall' blocks addresses, and 'host.name' is none (write a type that ends in "
        ".ip, such as source.ip)\n");
  CHECK(step_problems("[{responder: firewall, target: entity.source.ip, for: 15m}]") ==
        "4:30 invalid_value: 'target' takes the type of an entity, without 'entity.' (write 'source.ip')\n");
}

TEST_CASE("a script needs a target, and what it does has no end") {
  CHECK(step_problems("[{responder: script, for: 15m}]") ==
        "4:8 missing_key: 'script' acts, and nothing says on what: 'target' is missing (write the type of an "
        "entity, such as source.ip)\n"
        "4:28 wrong_kind: what 'script' does has no end (leave 'for' out)\n");
}

TEST_CASE("the first step cannot wait for one before it") {
  CHECK(step_problems("[{responder: chat, only_if: previous_done}]") ==
        "4:26 excluded_key: there is no step before the first one (leave 'only_if' out)\n");
}

TEST_CASE("a target that looks like a usual type of entity is a warning") {
  CHECK(step_problems("[{responder: script, target: host.nam}]") ==
        "warning 4:28 unusual_entity: only rules that say so give entities of type 'host.nam' (did you mean "
        "'host.name'?)\n");
  CHECK(step_problems("[{responder: script, target: container.id}]").empty());
}

TEST_CASE("every problem of a file of playbooks is told at once, with its line") {
  const test::PlaybookFile file(
      "playbooks:\n"
      "- {name: a, when: {levle: high}, do: firewal}\n"
      "- {name: b, when: {level|gte: hgh}, do: [chat, {responder: firewall, for: 5m}]}\n");
  const auto compiled = compile_playbooks(file.playbooks(), test::some_responders());

  CHECK(test::told(compiled.problems) ==
        "2:20 unknown_field: alerts and incidents have no field 'levle' (did you mean 'level'?)\n"
        "2:38 unknown_responder: there is no responder 'firewal' (did you mean 'firewall'?)\n"
        "3:31 invalid_value: 'level|gte' takes one of informational low medium high critical (did you mean "
        "'high'?)\n"
        "3:48 missing_key: 'firewall' acts, and nothing says on what: 'target' is missing (write the type of "
        "an entity, such as source.ip)\n");
  REQUIRE(compiled.problems.size() == 4);
  CHECK(compiled.problems[0].file == "alarum.yaml");
  CHECK(compiled.problems[0].source_line == "- {name: a, when: {levle: high}, do: firewal}");
}

TEST_CASE("without any playbook who tells is told of everything, and nothing acts") {
  const auto compiled = compile_playbooks({}, test::some_responders());

  CHECK(compiled.problems.empty());
  REQUIRE(compiled.set.playbooks.size() == 1);
  const Playbook& playbook = compiled.set.playbooks.front();
  CHECK(playbook.name == default_playbook);
  CHECK_FALSE(playbook.when.has_value());
  REQUIRE(playbook.steps.size() == 2);
  CHECK(compiled.set.responders[playbook.steps[0].responder].name == "chat");
  CHECK(compiled.set.responders[playbook.steps[1].responder].name == "pager");
}

TEST_CASE("the usual types of entities are those of the columns of log sources") {
  FieldTable fields;
  const EntityTable table(fields);
  const auto types = usual_entity_types();
  const std::vector<LogSource> log_sources = {
      {"windows", "", ""},  {"linux", "", ""}, {"", "webserver", ""}, {"", "proxy", ""},
      {"", "firewall", ""}, {"aws", "", ""},   {"zeek", "", ""}};
  for (const LogSource& log_source : log_sources) {
    for (const EntityTable::Column& column : table.columns_for(log_source))
      CHECK(std::find(types.begin(), types.end(), column.type) != types.end());
  }
}

}  // namespace alarum

#include "daemon/sigma/extension_parser.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

using Stage = Extension::Stage;

/// A rule with these lines below `alarum:`, which is line 7; they begin in line 8, column 3.
RuleWorld rule_extended_by(std::string_view lines) {
  return RuleWorld(rule_with("a: {A: x}\ncondition: a") + "alarum:\n" + indented(lines, "  "));
}

std::string told_about(std::string_view lines) {
  return RuleWorld::text_of(rule_extended_by(lines).problems());
}

// Rules specification, File Structure: "[arbitrary custom fields]" is where ours stand.
TEST_CASE("a rule without the extension may go as far as responding") {
  const RuleWorld world(rule_with("a: {A: x}\ncondition: a"));
  CHECK(world.rule().extension.stage == Stage::respond);
  CHECK(world.rule().extension.entities.empty());
  CHECK(world.rule().extension.tests.empty());
}

// Ours: shadow counts, alert tells, respond may act.
TEST_CASE("a stage is shadow, alert or respond") {
  CHECK(rule_extended_by("stage: shadow").rule().extension.stage == Stage::shadow);
  CHECK(rule_extended_by("stage: alert").rule().extension.stage == Stage::alert);
  CHECK(rule_extended_by("stage: respond").rule().extension.stage == Stage::respond);
  CHECK(told_about("stage: shadows") ==
        "8:10 invalid_value: 'stage' is shadow, alert or respond, not 'shadows' (did you mean 'shadow'?)");
  CHECK(told_about("stage: [alert]").find("8:10 invalid_value") == 0);
}

// Ours: instead of the table of the log source.
TEST_CASE("entities name the fields that say who an alert is about") {
  const RuleWorld world = rule_extended_by("entities:\n  source.ip: SourceIp\n  user.name: 'User Name'");
  const auto& entities = world.rule().extension.entities;
  REQUIRE(entities.size() == 2);
  CHECK(entities[0].type == "source.ip");
  CHECK(world.fields().name(entities[0].field) == "SourceIp");
  CHECK(world.fields().name(entities[1].field) == "UserName");
}

// Ours: as everywhere below `alarum:`, what is not understood is an error.
TEST_CASE("entities of another form are rejected") {
  CHECK(told_about("entities: [SourceIp]") ==
        "8:13 invalid_value: 'entities' maps types to fields, as in 'source.ip: SourceIp'");
  CHECK(told_about("entities: {source.ip: }").find("the entity 'source.ip' needs the name of a field") !=
        std::string::npos);
}

// Ours: a test writes an event as YAML, and it is what a source would deliver as JSON.
TEST_CASE("a test of a rule holds events as JSON and what is expected") {
  const RuleWorld world = rule_extended_by(
      "tests:\n  - name: hits\n    events:\n      - {A: x, N: 12, T: '12', B: true, Z: null, L: [1, {o: "
      "p}]}\n"
      "      - {A: 007, H: 0x1F}\n    match: true\n  - name: misses\n    events: [{A: y}]\n    match: false");
  const auto& tests = world.rule().extension.tests;
  REQUIRE(tests.size() == 2);
  CHECK(tests[0].name == "hits");
  CHECK(tests[0].match);
  CHECK(tests[0].position == Position{9, 7});
  CHECK(tests[0].events ==
        std::vector<std::string>{R"({"A":"x","N":12,"T":"12","B":true,"Z":null,"L":[1,{"o":"p"}]})",
                                 R"({"A":"007","H":31})"});
  CHECK_FALSE(tests[1].match);
}

// Ours: a test that says nothing would always pass.
TEST_CASE("a test of a rule that lacks something is rejected") {
  CHECK(told_about("tests: {name: x}") == "8:10 invalid_value: 'tests' is a list of {name, events, match}");
  CHECK(told_about("tests: [x]") == "8:11 invalid_value: a test is a mapping {name, events, match}");
  CHECK(told_about("tests: [{events: [{}], match: true}]") == "8:11 invalid_value: the test has no 'name'");
  CHECK(told_about("tests: [{name: x, events: [{}], match: maybe}]") ==
        "8:11 invalid_value: the test has no 'match: true' or 'false'");
  CHECK(told_about("tests: [{name: x, events: [], match: true}]") ==
        "8:11 invalid_value: the test has no 'events', a list of mappings");
  CHECK(told_about("tests: [{name: x, events: [y], match: true}]") ==
        "8:30 invalid_value: an event of a test is a mapping of fields");
}

// Ours: nobody else defines keys here, so an unknown one is an error of typing.
TEST_CASE("an unknown key of the extension is rejected, with the one that was meant") {
  CHECK(told_about("stages: alert") ==
        "8:3 unknown_key: unknown key 'stages' below 'alarum' (did you mean 'stage'?)");
  CHECK(told_about("tests:\n  - {name: x, event: [{A: x}], events: [{}], match: true}") ==
        "9:17 unknown_key: unknown key 'event' in a test (did you mean 'events'?)");
}

// Ours: a rule that counts on them must not look as if it worked.
TEST_CASE("keys of the extension that are yet to come are rejected as such") {
  CHECK(told_about("respond: [block]") ==
        "8:3 unsupported: 'alarum: respond' is not yet supported (leave it out)");
  CHECK(told_about("suppress: 1h") ==
        "8:3 unsupported: 'alarum: suppress' is not yet supported (leave it out)");
}

// Ours: as everywhere below `alarum:`.
TEST_CASE("an extension that is no mapping is rejected") {
  CHECK(RuleWorld::text_of(problems(rule_with("a: {A: x}\ncondition: a") + "alarum: shadow\n")) ==
        "7:9 invalid_value: 'alarum' must be a mapping");
}

}  // namespace
}  // namespace alarum::sigma

#include "daemon/respond/playbook_decision.h"

#include "tests/unit/support/playbook_world.h"

#include <catch2/catch.hpp>

#include <set>

namespace alarum {
namespace {

using sigma::Extension;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::playbook_with;
using test::PlaybookWorld;

/// A playbook for every alert with these steps.
std::string always(std::string_view steps) { return playbook_with("{level: '*'}", steps); }

const std::string block = "[{responder: firewall, target: source.ip, for: 15m}]";

}  // namespace

TEST_CASE("a playbook does its steps in order") {
  CHECK(
      PlaybookWorld().told_decisions(always("[chat, {responder: firewall, target: source.ip, for: 15m}]")) ==
      "p 1 chat run\n"
      "p 2 firewall run on 192.0.2.1\n");
}

TEST_CASE("a playbook that is not for the alert says so for every step") {
  CHECK(PlaybookWorld().told_decisions(playbook_with("{level: low}", "[chat, pager]")) ==
        "p 1 chat condition: level is 'high'\n"
        "p 2 pager condition: level is 'high'\n");
}

TEST_CASE("without any playbook who tells is told, and nothing acts") {
  const auto decisions = PlaybookWorld().decide(std::vector<PlaybookConfig>());

  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].playbook == "default");
  CHECK(decisions[0].responder == "chat");
  CHECK(decisions[0].fate == StepFate::run);
  CHECK(decisions[1].responder == "pager");
}

TEST_CASE("a tag routes an alert to the team that it is for, and to nobody else") {
  PlaybookWorld world;
  world.alert.tags = {"fraud.transfer"};

  CHECK(world.told_decisions("playbooks:\n"
                             "- {name: fraud, when: {tags|startswith: fraud.}, do: pager}\n"
                             "- {name: soc, when: {tags|startswith: attack.}, do: chat}\n") ==
        "fraud 1 pager run\n"
        "soc 1 chat condition: tags|startswith is 'fraud.transfer'\n");
}

TEST_CASE("a step acts once on each entity of its type, however it is spelled") {
  PlaybookWorld world;
  world.alert.entities = {{"source.ip", "::ffff:192.0.2.1"},
                          {"source.ip", "192.0.2.1"},
                          {"destination.ip", "192.0.2.9"},
                          {"source.ip", "2001:DB8:0:0::1"}};

  CHECK(world.told_decisions(always(block)) ==
        "p 1 firewall run on 192.0.2.1\n"
        "p 1 firewall run on 2001:db8::1\n");
}

TEST_CASE("a step without an entity of its type says so") {
  PlaybookWorld world;
  world.alert.entities = {{"host.name", "ws-17"}};

  CHECK(world.told_decisions(always(block)) ==
        "p 1 firewall no_target: the alert has no entity of type source.ip\n");
}

TEST_CASE("nothing acts on what stands in the place of an address and is none") {
  std::vector<std::string> texts = test::hostile_texts();
  for (const char* const text : {"192.0.2.1/24", "192.0.2.1 ", "fe80::1%eth0", "192.0.2.010", "", "any"})
    texts.emplace_back(text);
  for (const std::string& text : texts) {
    PlaybookWorld world;
    world.alert.entities = {{"source.ip", text}};
    const auto decisions = world.decide(
        always("[{responder: firewall, target: source.ip, for: 15m}, {responder: script, target: "
               "source.ip}]"));

    REQUIRE(decisions.size() == 2);
    for (const StepDecision& decision : decisions) {
      CHECK(decision.fate == StepFate::no_address);
      CHECK(decision.action_id.empty());
      CHECK(decision.why.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("a script gets the value of the entity with all its bytes") {
  for (const std::string& text : test::hostile_texts()) {
    PlaybookWorld world;
    world.alert.entities = {{"user.name", text}};
    const auto decisions = world.decide(always("[{responder: script, target: user.name}]"));

    REQUIRE(decisions.size() == 1);
    CHECK(decisions[0].fate == StepFate::run);
    CHECK(decisions[0].target == text);
  }
}

TEST_CASE("a rule of stage alert is told and does nothing, one of stage shadow is not told either") {
  const std::string text = always("[chat, {responder: firewall, target: source.ip, for: 15m}]");
  PlaybookWorld world;

  world.stage = Extension::Stage::alert;
  CHECK(world.told_decisions(text) ==
        "p 1 chat run\n"
        "p 2 firewall stage: the rule's stage is alert: it is told, and nothing is done\n");
  world.stage = Extension::Stage::shadow;
  CHECK(world.told_decisions(text) ==
        "p 1 chat stage: the rule's stage is shadow: nothing is told or done\n"
        "p 2 firewall stage: the rule's stage is shadow: nothing is told or done\n");
}

TEST_CASE("the mode of a responder says whether it acts, writes down or does nothing") {
  const auto decisions = PlaybookWorld().decide(
      always("[{responder: trial, target: source.ip, for: 15m}, {responder: asleep, target: source.ip, for: "
             "15m}]"));

  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].fate == StepFate::shadow);
  CHECK(decisions[0].why == "the mode of 'trial' is shadow");
  CHECK(decisions[0].lasts == Duration(minutes(15)));
  CHECK(decisions[0].action_id.size() == 32);
  CHECK(decisions[1].fate == StepFate::off);
  CHECK(decisions[1].why == "the mode of 'asleep' is off");
}

TEST_CASE("who tells does so once for an incident") {
  PlaybookWorld world;
  const auto first = world.decide(always("chat"));
  REQUIRE(first.size() == 1);
  CHECK(first[0].fate == StepFate::run);

  StepHistory& history = world.history[{first[0].step_id, first[0].target_key}];
  history = {.ended = 1, .done = 1};
  world.alert.name = "second";
  const auto second = world.decide(always("chat"));
  REQUIRE(second.size() == 1);
  CHECK(second[0].fate == StepFate::duplicate);
  CHECK(second[0].action_id == first[0].action_id);
  CHECK(second[0].why == "it has told of this incident");
  history = {.ended = 1, .doubts = 1};
  CHECK(world.decide(always("chat"))[0].why == "it may have told of this incident: that is in doubt");
}

TEST_CASE("who could not tell tries again for the next alert, ten times at most") {
  PlaybookWorld world;
  const auto first = world.decide(always("chat"));
  StepHistory& history = world.history[{first[0].step_id, first[0].target_key}];

  history = {.ended = 19, .tried = 9};
  const auto last = world.decide(always("chat"));
  CHECK(last[0].fate == StepFate::run);
  CHECK(last[0].action_id != first[0].action_id);
  history = {.ended = 20, .tried = 10};
  CHECK(world.decide(always("chat"))[0].fate == StepFate::duplicate);
  CHECK(world.decide(always("chat"))[0].why == "telling of this incident has failed 10 times");
}

TEST_CASE("a script runs once for an incident and a target, and again only where it failed") {
  const std::string run = always("[{responder: script, target: host.name}]");
  PlaybookWorld world;
  const auto first = world.decide(run);
  REQUIRE(first.size() == 1);
  StepHistory& history = world.history[{first[0].step_id, first[0].target_key}];

  history = {.ended = 1, .done = 1, .tried = 1};
  CHECK(world.decide(run)[0].action_id == first[0].action_id);
  CHECK(world.decide(run)[0].why == "it has run for this incident");
  history = {.ended = 1, .doubts = 1, .tried = 1};
  CHECK(world.decide(run)[0].why == "it may have run for this incident: that is in doubt");
  history = {.ended = 1, .tried = 1};
  CHECK(world.decide(run)[0].fate == StepFate::run);
  CHECK(world.decide(run)[0].repeat == 1);
  history = {.ended = 10, .tried = 10};
  CHECK(world.decide(run)[0].why == "running it for this incident has failed 10 times");
}

TEST_CASE("what is in shadow is not written down twice, and keeps nothing from being done") {
  PlaybookWorld world;
  const std::string trial = always("[{responder: trial, target: source.ip, for: 15m}]");
  const auto first = world.decide(trial);
  REQUIRE(first.size() == 1);
  world.history[{first[0].step_id, first[0].target_key}] = {.ended = 1, .shadowed = 0};
  CHECK(world.decide(trial)[0].fate == StepFate::duplicate);
  CHECK(world.decide(trial)[0].why == "the same action is in shadow");
  CHECK(world.decide(trial)[0].action_id == first[0].action_id);

  const auto block_now = world.decide(always(block));
  REQUIRE(block_now.size() == 1);
  world.history[{block_now[0].step_id, block_now[0].target_key}] = {.ended = 1, .shadowed = 0};
  CHECK(world.decide(always(block))[0].fate == StepFate::run);
  CHECK(world.decide(always(block))[0].repeat == 1);
}

TEST_CASE("a message does not wait for a block that is only in shadow") {
  PlaybookWorld world;
  const std::string told =
      always("[{responder: trial, target: source.ip, for: 15m}, {responder: chat, only_if: previous_done}]");
  const auto first = world.decide(told);
  REQUIRE(first.size() == 2);
  CHECK(first[1].fate == StepFate::previous);
  world.history[{first[0].step_id, first[0].target_key}] = {.ended = 1, .shadowed = 0};
  const auto second = world.decide(told);
  CHECK(second[0].fate == StepFate::duplicate);
  CHECK(second[1].fate == StepFate::previous);
  CHECK(second[1].needs.empty());
}

TEST_CASE("a block is not asked for again while it is in force, and lasts twice as long the next time") {
  PlaybookWorld world;
  const auto first = world.decide(always(block));
  REQUIRE(first.size() == 1);
  CHECK(first[0].lasts == Duration(minutes(15)));
  StepHistory& history = world.history[{first[0].step_id, first[0].target_key}];

  history.is_open = true;
  const auto open = world.decide(always(block));
  CHECK(open[0].fate == StepFate::duplicate);
  CHECK(open[0].action_id == first[0].action_id);

  history = {.ended = 1};
  const auto failed = world.decide(always(block));
  CHECK(failed[0].repeat == 1);
  CHECK(failed[0].lasts == Duration(minutes(15)));

  history = {.ended = 1, .blocks = 1};
  const auto second = world.decide(always(block));
  CHECK(second[0].fate == StepFate::run);
  CHECK(second[0].repeat == 1);
  CHECK(second[0].lasts == Duration(minutes(30)));
  CHECK(second[0].action_id != first[0].action_id);

  history.blocks = 1'000'000'000'000;
  CHECK(world.decide(always(block))[0].lasts == Duration(hours(24)));
}

TEST_CASE("a block of which nobody says how long it lasts does so for a quarter of an hour") {
  const auto decisions = PlaybookWorld().decide(always("[{responder: firewall, target: source.ip}]"));
  REQUIRE(decisions.size() == 1);
  CHECK(decisions[0].lasts == Duration(minutes(15)));
}

TEST_CASE("the id of an action is that of its incident, step, target and repeat, and of nothing else") {
  PlaybookWorld world;
  const std::string id = world.decide(always(block))[0].action_id;
  CHECK(id.size() == 32);

  world.alert.name = "second";
  world.alert.rule = "rule-2";
  world.alert.detected = test::after(62);
  world.now = test::after(70);
  CHECK(world.decide(always("[chat, {responder: firewall, target: source.ip, for: 1h}]"))[1].action_id == id);

  world.alert.entities = {{"source.ip", "192.0.2.2"}};
  CHECK(world.decide(always(block))[0].action_id != id);
  world.alert.entities = {{"source.ip", "192.0.2.1"}};
  world.incident.id = incident_id_of(test::alert_id("other"));
  CHECK(world.decide(always(block))[0].action_id != id);
}

TEST_CASE("two steps of one playbook on one target are two actions") {
  const auto decisions = PlaybookWorld().decide(
      always("[{responder: firewall, target: source.ip, for: 15m}, {responder: firewall, target: source.ip, "
             "for: 1h, after: 1m}]"));

  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].action_id != decisions[1].action_id);
}

TEST_CASE("an action begins after its delay, and not once its deadline is over") {
  const std::string text =
      always("[{responder: firewall, target: source.ip, for: 15m, after: 10s, deadline: 1m}]");
  PlaybookWorld world;
  const auto decisions = world.decide(text);
  REQUIRE(decisions.size() == 1);
  CHECK(decisions[0].due == test::after(70));
  CHECK(decisions[0].expires == test::after(130));

  world.now = {test::after(130).microseconds - 1};
  CHECK(world.decide(text)[0].fate == StepFate::run);
  world.now = test::after(130);
  CHECK(world.decide(text)[0].fate == StepFate::expired);
  CHECK(world.decide(text)[0].why == "it could begin until 2026-01-02T03:06:15.000000Z");
}

TEST_CASE("what acts has a short deadline unless it is given, what tells a long one") {
  const auto decisions =
      PlaybookWorld().decide(always("[chat, {responder: firewall, target: source.ip, for: 15m}]"));

  CHECK(decisions[0].expires == Timestamp{test::after(60).microseconds + Duration(hours(24)).count()});
  CHECK(decisions[1].expires == Timestamp{test::after(60).microseconds + Duration(minutes(5)).count()});
}

TEST_CASE("a step that waits for the one before names its actions, those of the same target") {
  PlaybookWorld world;
  world.alert.entities = {{"source.ip", "192.0.2.1"}, {"source.ip", "192.0.2.2"}};
  const auto decisions = world.decide(
      always("[{responder: firewall, target: source.ip, for: 15m}, {responder: script, target: source.ip, "
             "only_if: previous_done}, {responder: chat, only_if: previous_done}]"));

  REQUIRE(decisions.size() == 5);
  using Ids = std::vector<std::string>;
  CHECK(decisions[2].needs == Ids{decisions[0].action_id});
  CHECK(decisions[3].needs == Ids{decisions[1].action_id});
  CHECK(decisions[4].needs == Ids{decisions[2].action_id, decisions[3].action_id});
}

TEST_CASE("a step that waits for one that is not done is not done") {
  PlaybookWorld world;
  CHECK(world.told_decisions(always("[{responder: trial, target: source.ip, for: 15m}, {responder: chat, "
                                    "only_if: previous_done}]")) ==
        "p 1 trial shadow on 192.0.2.1: the mode of 'trial' is shadow\n"
        "p 2 chat previous: the step before it is not done\n");
  CHECK(world.told_decisions(always("[{responder: script, target: user.name}, {responder: chat, only_if: "
                                    "previous_done}]")) ==
        "p 1 script no_target: the alert has no entity of type user.name\n"
        "p 2 chat previous: the step before it is not done\n");
}

TEST_CASE("in the shadow a step follows one that is in the shadow, too") {
  CHECK(PlaybookWorld().told_decisions(
            always("[{responder: trial, target: source.ip, for: 15m}, {responder: trial, target: source.ip, "
                   "for: 1h, only_if: previous_done}]")) ==
        "p 1 trial shadow on 192.0.2.1: the mode of 'trial' is shadow\n"
        "p 2 trial shadow on 192.0.2.1: the mode of 'trial' is shadow\n");
}

TEST_CASE("a repeated block lasts twice as long each time, up to the longest") {
  CHECK(doubled(minutes(15), 0, hours(24)) == minutes(15));
  CHECK(doubled(minutes(15), 3, hours(24)) == hours(2));
  CHECK(doubled(minutes(15), 7, hours(24)) == hours(24));
  CHECK(doubled(hours(20), 1, hours(24)) == hours(24));
  CHECK(doubled(minutes(15), 0, minutes(10)) == minutes(10));
  CHECK(doubled(seconds(0), ~std::uint64_t{0}, hours(24)) == seconds(0));
}

TEST_CASE("every fate has a word of its own") {
  std::set<std::string_view> words;
  for (int fate = 0; fate <= static_cast<int>(StepFate::previous); ++fate)
    words.insert(step_fate_name(static_cast<StepFate>(fate)));
  CHECK(words.size() == 10);
}

}  // namespace alarum

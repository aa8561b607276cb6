#include "daemon/event/log_source.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

const EventClass registry_set = {"windows", "sysmon", {"registry_event", "registry_set"}};

std::string problem_with(std::string_view log_source) {
  FieldTable fields;
  const auto format = make_event_format(log_source, fields);
  return format ? "none" : format.error().message;
}

/// Whether a rule for `wanted` applies to an event that was written down to try it.
bool applies_in_trial(const LogSource& wanted, std::string_view bytes) {
  FieldTable fields;
  EventFormat format = make_trial_format(wanted, fields);
  const BoundFormat bound(std::move(format), fields);
  EventDecoder decoder(bound, {});
  Record record;
  record.bytes = bytes;
  REQUIRE_FALSE(decoder.decode(record, std::nullopt).has_value());
  return bound.router().classes()[decoder.event().event_class()].satisfies(wanted);
}

}  // namespace

TEST_CASE("a rule applies where every attribute that it gives is the event's") {
  CHECK(registry_set.satisfies({"windows", "registry_set", "sysmon"}));
  CHECK(registry_set.satisfies({"windows", "registry_event", ""}));
  CHECK(registry_set.satisfies({"windows", "", ""}));
  CHECK(registry_set.satisfies({"", "", "sysmon"}));
  CHECK(registry_set.satisfies({"", "registry_set", ""}));
  CHECK(registry_set.satisfies({}));
}

TEST_CASE("a rule does not apply where one attribute is another") {
  CHECK_FALSE(registry_set.satisfies({"linux", "registry_set", "sysmon"}));
  CHECK_FALSE(registry_set.satisfies({"windows", "registry_add", "sysmon"}));
  CHECK_FALSE(registry_set.satisfies({"windows", "registry_set", "security"}));
  CHECK_FALSE(registry_set.satisfies({"Windows", "", ""}));
}

TEST_CASE("an attribute that the event lacks is no match for a rule that asks for it") {
  const EventClass bare = {"windows", "", {}};
  CHECK_FALSE(bare.satisfies({"", "database", ""}));
  CHECK_FALSE(bare.satisfies({"", "", "sshd"}));
  CHECK_FALSE(EventClass{}.satisfies({"windows", "", ""}));
  CHECK(EventClass{}.satisfies({}));
}

TEST_CASE("a fixed log source is the class of every event") {
  test::EventWorld world("product=linux,category=process_creation,service=auditd", {});
  CHECK(world.event_class(R"({"EventID":1})") == "linux/auditd/process_creation");
  CHECK(test::EventWorld("category=proxy", {}).event_class("{}") == "//proxy");
  CHECK(test::EventWorld("service=sshd", {}).event_class("{}") == "/sshd/");
}

TEST_CASE("attributes of a log source come in any order") {
  test::EventWorld world("service=auditd,product=linux", {});
  CHECK(world.event_class("{}") == "linux/auditd/");
}

TEST_CASE("product=windows is a fixed source and routes nothing") {
  test::EventWorld world("product=windows", {});
  CHECK(world.event_class(R"({"Channel":"Security","EventID":4688})") == "windows//");
}

TEST_CASE("events of a fixed Windows source have the aliases of Windows") {
  test::EventWorld world("product=windows,category=process_creation", {"Image"});
  CHECK(world.values(R"({"NewProcessName":"a.exe"})", "Image") == "[a.exe]");
  CHECK(world.values(R"({"Event":{"System":{},"EventData":{"NewProcessName":"a.exe"}}})", "Image") ==
        "[a.exe]");
  CHECK(world.event_class(R"({"Event":{"System":{"Channel":"System"}}})") == "windows//process_creation");
}

TEST_CASE("an event of a trial is of the rule's log source unless it says its channel") {
  const LogSource process_creation = {"windows", "process_creation", ""};
  CHECK(applies_in_trial(process_creation, R"({"EventID":4624})"));
  CHECK(applies_in_trial(process_creation, R"({"Channel":null})"));
  CHECK(applies_in_trial(process_creation, R"({"Channel":"Security","EventID":4688})"));
  CHECK_FALSE(applies_in_trial(process_creation, R"({"Channel":"Security","EventID":4624})"));
  CHECK_FALSE(applies_in_trial(process_creation, R"({"Channel":"Some/Channel","EventID":4688})"));
  CHECK_FALSE(
      applies_in_trial(process_creation, R"({"Event":{"System":{"Channel":"Security","EventID":4624}}})"));
  CHECK(applies_in_trial({"linux", "process_creation", ""}, R"({"Channel":"Security","EventID":4624})"));
}

TEST_CASE("a log source that is not understood says what is") {
  CHECK_THAT(problem_with(""), Catch::Contains("'windows' or 'product="));
  CHECK_THAT(problem_with("linux"), Catch::Contains("log source 'linux' is not understood"));
  CHECK_THAT(problem_with("product="), Catch::Contains("log source 'product=' is not understood"));
  CHECK_THAT(problem_with("product=linux,,service=x"), Catch::Contains("is not understood"));
  CHECK_THAT(problem_with("product=linux,"), Catch::Contains("log source '' is not understood"));
  CHECK_THAT(problem_with("product=a,product=b"),
             Catch::Contains("'product=b' is not understood: it is the second"));
  CHECK_THAT(problem_with("kind=linux"), Catch::Contains("'kind=linux'"));
}

TEST_CASE("a misspelt log source gets a hint") {
  CHECK_THAT(problem_with("window"), Catch::Contains("windows"));
  CHECK_THAT(problem_with("produkt=linux"), Catch::Contains("did you mean 'product'?"));
}

}  // namespace alarum

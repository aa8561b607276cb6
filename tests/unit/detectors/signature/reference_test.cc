#include "detectors/signature/reference.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::rule_text;

const std::string everything = "s: {'a': 1}, condition: s";

/// One rule for each of several log sources; all of them ask only for `a: 1`.
const std::string rules = rule_text("any", "product: windows", everything) +
                          rule_text("linux", "product: linux", everything) +
                          rule_text("creation", "product: windows, category: process_creation", everything) +
                          rule_text("security", "product: windows, service: security", everything) +
                          rule_text("both", "category: process_creation, service: sysmon", everything) +
                          rule_text("category", "category: process_creation", everything) +
                          rule_text("database", "category: database", everything) +
                          rule_text("sshd", "product: linux, service: sshd", everything);

std::string matches(std::string_view log_source, const std::string& event) {
  return test::LaneWorld(log_source, rules).feed({event}).matches();
}

}  // namespace

TEST_CASE("a rule sees the events of its log source and no others") {
  CHECK(matches("windows", R"({"a":1,"Channel":"Security","EventID":4688})") ==
        "any creation security category");
  CHECK(matches("windows", R"({"a":1,"Channel":"Security","EventID":4624})") == "any security");
  CHECK(matches("windows", R"({"a":1,"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1})") ==
        "any creation both category");
  CHECK(matches("windows", R"({"a":1,"Channel":"System","EventID":1})") == "any");
  CHECK(matches("windows", R"({"a":1})") == "any");
}

TEST_CASE("a rule for Linux never sees a Windows event, nor the other way round") {
  CHECK(matches("product=linux", R"({"a":1,"Channel":"Security","EventID":4688})") == "linux");
  CHECK(matches("product=linux,service=sshd", R"({"a":1})") == "linux sshd");
  CHECK(matches("product=linux,category=process_creation", R"({"a":1})") == "linux category");
}

TEST_CASE("a rule for databases sees only a source that says that it is one") {
  CHECK(matches("product=postgresql", R"({"a":1})").empty());
  CHECK(matches("category=database", R"({"a":1})") == "database");
}

TEST_CASE("rules that do not hold do not fire, in any log source") {
  CHECK(matches("windows", R"({"a":2,"Channel":"Security","EventID":4688})").empty());
}

TEST_CASE("a negation does not widen a rule's log source") {
  test::LaneWorld world("product=linux", rule_text("not", "product: windows", "s: {a: 1}, condition: not s"));
  CHECK(world.feed({R"({"b":1})"}).matches().empty());
}

TEST_CASE("keywords look only at events of their log source") {
  test::LaneWorld world("windows", rule_text("words", "product: linux", "k: [evil], condition: k") +
                                       rule_text("here", "product: windows", "k: [evil], condition: k"));
  CHECK(world.feed({R"({"x":"so EVIL"})"}).matches() == "here");
}

TEST_CASE("rules fire in their own order, each at most once for an event") {
  const std::string both = "s: {a: 1}, t: {a: [1, 2]}, condition: 1 of them";
  test::LaneWorld world("product=x", rule_text("z", "product: x", both) + rule_text("a", "product: x", both) +
                                         rule_text("m", "product: x", both));
  CHECK(world.feed({R"({"a":[1,1,2]})"}).matches() == "z a m");
}

TEST_CASE("the evaluator says how many rules look at a class") {
  test::LaneWorld world("windows", rules);
  const auto& classes = world.plan().source().format().router().classes();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    const bool is_security = classes[i].service == "security" && classes[i].categories.empty();
    if (is_security) CHECK(world.plan().source().signatures().rule_count(i) == 2);
  }
  CHECK(world.plan().source().signatures().rule_count(0) == 1);
}

TEST_CASE("no rules fire where there are none") {
  test::LaneWorld world("windows", "");
  CHECK(world.feed({R"({"a":1})"}).matches().empty());
  CHECK(world.output.events == 1);
}

}  // namespace alarum

#include "config/service_check.h"

#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// What the service misses in a sound configuration.
std::string missed(std::string_view text) {
  test::ConfigFolder folder;
  folder.write("alarum.yaml", text);
  const LoadedConfig loaded = folder.load();
  REQUIRE(folder.told(loaded.problems).empty());
  return folder.told(check_for_service(loaded));
}

const std::string out = "responders: [{name: out, kind: stdout}]\n";

std::string source_of(const std::string& topics) {
  return "sources:\n- {name: a, log_source: windows, kafka: {brokers: [k:1], topics: " + topics + "}}\n";
}

}  // namespace

TEST_CASE("the service needs a source, the tool does not") {
  CHECK(missed(out) ==
        "alarum.yaml:0:0 no_source: alarumd needs at least one source (describe one below 'sources:'; alarum "
        "config default shows how)\n");
}

TEST_CASE("a configuration that is not there is said to be absent") {
  const auto problems = check_for_service(LoadedConfig());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].file == "/etc/alarum/alarum.yaml");
  CHECK(problems[0].message == "this file is not there, and nothing else was read");
}

TEST_CASE("a source and a responder are all that the service needs") {
  CHECK(missed(source_of("[t]") + out).empty());
}

TEST_CASE("alerts that nobody takes are worth a warning") {
  test::ConfigFolder folder;
  folder.write("alarum.yaml", source_of("[t]"));
  const auto problems = check_for_service(folder.load());

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::warning);
  CHECK(problems[0].reason == "no_responder");
}

TEST_CASE("a topic is read once, and not written by who reads it") {
  CHECK(missed(source_of("[t, u, t]") + out) ==
        "alarum.yaml:2:3 duplicate_topic: the source 'a' reads the topic 't' twice (name it once)\n");
  CHECK(
      missed(source_of("[t]") + "responders: [{name: r, kind: kafka, topic: t}]\n") ==
      "alarum.yaml:3:14 loop: the topic 't' is read by the source 'a', which would get what is written here "
      "(write to another topic)\n");
  CHECK(missed(source_of("[t]") + out + "dead_letter: {kafka: {topic: t}}\n")
            .starts_with("alarum.yaml:4:22 loop: the topic 't'"));
}

TEST_CASE("a responder cannot have the name of the ledger") {
  CHECK(missed(source_of("[t]") + "responders: [{name: ledger, kind: stdout}]\n") ==
        "alarum.yaml:3:14 reserved_name: 'ledger' is the sink of incidents and no responder (call it "
        "something else)\n");
}

TEST_CASE("the ledger is a file and nothing in memory") {
  for (const char* const path : {"':memory:'", "'file:ledger?mode=memory'"}) {
    INFO(path);
    CHECK(missed(source_of("[t]") + out + "ledger: {path: " + path + "}\n")
              .starts_with("alarum.yaml:0:0 no_file: ledger.path: '"));
  }
}

TEST_CASE("what is written to Kafka needs brokers from somewhere") {
  CHECK(missed("responders: [{name: r, kind: kafka, topic: t}]\n")
            .ends_with("alarum.yaml:1:14 missing_key: there is no Kafka source whose brokers this could use "
                       "(write brokers here)\n"));
}

}  // namespace alarum

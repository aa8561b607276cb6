#include "config/target_config.h"

#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::config_of;
using test::config_problems;
using Texts = std::vector<std::string>;

const std::string one_source =
    "sources:\n"
    "- {name: a, log_source: windows, kafka: {brokers: [k:1], topics: [t], properties: {x: y}}}\n";
const std::string two_sources =
    one_source + "- {name: b, log_source: windows, kafka: {brokers: [l:1], topics: [t]}}\n";

}  // namespace

TEST_CASE("responders write alerts to a topic, a file or stdout") {
  const auto responders = config_of(
                              "responders:\n"
                              "- {name: a, kind: kafka, topic: t, brokers: [k:1], properties: {x: y}}\n"
                              "- {name: b, kind: file, path: /alerts}\n"
                              "- {name: c, kind: stdout}\n")
                              .responders;

  REQUIRE(responders.size() == 3);
  CHECK(responders[0].name == "a");
  CHECK(responders[0].kind == ResponderConfig::Kind::kafka);
  CHECK(responders[0].kafka.topic == "t");
  CHECK(responders[0].kafka.brokers == Texts{"k:1"});
  CHECK(responders[0].kafka.properties == Properties{{"x", "y"}});
  CHECK(responders[1].kind == ResponderConfig::Kind::file);
  CHECK(responders[1].path == "/alerts");
  CHECK(responders[2].kind == ResponderConfig::Kind::standard_output);
  CHECK(responders[2].place.position == Position{4, 3});
}

TEST_CASE("what stands in the files that a responder names is compared, and not shown") {
  test::ConfigFolder folder;
  folder.write("url", "https://chat.example.org/one")
      .write("alarum.yaml", "responders: [{name: a, kind: slack, url_file: " + folder.path("url") + "}]\n");
  const auto digest = [&] { return folder.load().config.responders.at(0).files_digest; };
  const std::string before = digest();
  CHECK(before == digest());
  CHECK(before.find("one") == std::string::npos);
  folder.write("url", "https://chat.example.org/two");
  CHECK(before != digest());
}

TEST_CASE("a key of another kind is an error that names the kinds") {
  CHECK(config_problems("responders:\n- {name: a, kind: file, path: /a, topic: t}\n"
                        "- {name: b, kind: stdout, path: /a}\n") ==
        "alarum.yaml:2:35 wrong_kind: 'responders[].topic' does not go with kind 'file' (it belongs to kind "
        "kafka)\n"
        "alarum.yaml:3:27 wrong_kind: 'responders[].path' does not go with kind 'stdout' (it belongs to kind "
        "file)\n");
}

TEST_CASE("a responder needs its kind, and what that needs") {
  CHECK(config_problems("responders:\n- {name: a}\n- {name: b, kind: file}\n- {name: c, kind: kafka}\n"
                        "- {name: d, kind: kafa, topic: t}\n") ==
        "alarum.yaml:5:19 invalid_value: 'responders[].kind' takes one of kafka file stdout webhook slack "
        "jira nftables run, not 'kafa' (did "
        "you mean 'kafka'?)\n"
        "alarum.yaml:2:3 missing_key: 'responders[].kind' is missing (it takes one of kafka file stdout "
        "webhook slack jira nftables run)\n"
        "alarum.yaml:3:3 missing_key: 'responders[].path' is missing (it takes a text)\n"
        "alarum.yaml:4:3 missing_key: 'responders[].topic' is missing (it takes a text)\n");
}

TEST_CASE("brokers and properties are those of the only Kafka source") {
  const DaemonConfig config = config_of(one_source +
                                        "responders:\n- {name: a, kind: kafka, topic: t}\n"
                                        "- {name: b, kind: kafka, topic: t, properties: {z: z}}\n"
                                        "dead_letter: {kafka: {topic: d}}\n");

  CHECK(config.responders.at(0).kafka.brokers == Texts{"k:1"});
  CHECK(config.responders.at(0).kafka.properties == Properties{{"x", "y"}});
  CHECK(config.responders.at(1).kafka.brokers == Texts{"k:1"});
  CHECK(config.responders.at(1).kafka.properties == Properties{{"z", "z"}});
  CHECK(config.dead_letter.kind == DeadLetterConfig::Kind::kafka);
  CHECK(config.dead_letter.kafka.topic == "d");
  CHECK(config.dead_letter.kafka.brokers == Texts{"k:1"});
}

TEST_CASE("other brokers do not get the properties of the source, which may hold its password") {
  const auto responder =
      config_of(one_source + "responders:\n- {name: a, kind: kafka, topic: t, brokers: [other:1]}\n")
          .responders.at(0);
  CHECK(responder.kafka.brokers == Texts{"other:1"});
  CHECK(responder.kafka.properties.empty());
}

TEST_CASE("with several Kafka sources brokers have to be said") {
  CHECK(
      config_problems(
          two_sources +
          "responders:\n- {name: a, kind: kafka, topic: t}\ndead_letter:\n  kafka: {topic: d}\n") ==
      "alarum.yaml:5:3 missing_key: 'responders[].brokers' is missing, and none of the 2 Kafka sources is "
      "the only one (write brokers here, and properties where they need any)\n"
      "alarum.yaml:7:10 missing_key: 'dead_letter.kafka.brokers' is missing, and none of the 2 Kafka sources "
      "is the only one (write brokers here, and properties where they need any)\n");
}

TEST_CASE("dead letters go to a topic or to a file, not to both") {
  CHECK(config_of("dead_letter: {file: {path: /d}}").dead_letter.kind == DeadLetterConfig::Kind::file);
  CHECK(config_problems("dead_letter:\n  file: {path: /d}\n  kafka: {topic: d, brokers: [k:1]}\n") ==
        "alarum.yaml:2:3 excluded_key: 'dead_letter' takes kafka or file, not both; the other is at "
        "alarum.yaml:3:10\n");
  CHECK(config_problems("dead_letter: {file: }") ==
        "alarum.yaml:1:21 missing_key: 'dead_letter.file.path' is missing (it takes a text)\n");
}

}  // namespace alarum

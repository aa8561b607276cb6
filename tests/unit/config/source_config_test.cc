#include "config/source_config.h"

#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::config_of;
using test::config_problems;
using test::ConfigFolder;
using Texts = std::vector<std::string>;

/// A source with these keys below `kafka`, which has a broker and a topic.
std::string with_kafka(const std::string& keys) {
  return "sources:\n- name: a\n  log_source: windows\n  kafka:\n    brokers: [k:1]\n    topics: [t]\n    " +
         keys + "\n";
}

/// The source that has this log source.
std::string with_log_source(const std::string& text) {
  return "sources:\n- name: a\n  kafka: {brokers: [k:1], topics: [t]}\n  log_source: " + text + "\n";
}

}  // namespace

TEST_CASE("a source says where records come from and what they are") {
  const DaemonConfig config = config_of(
      "sources:\n"
      "  - name: windows\n"
      "    kafka:\n"
      "      brokers: [kafka-1:9092, kafka-2:9092]\n"
      "      topics: [windows-events]\n"
      "      properties: {security.protocol: SASL_SSL, fetch.min.bytes: 5}\n"
      "      start: latest\n"
      "    format: json\n"
      "    log_source: windows\n"
      "    group: soc\n"
      "    lateness: 15m\n");

  REQUIRE(config.sources.size() == 1);
  const SourceConfig& source = config.sources[0];
  CHECK(source.name == "windows");
  CHECK(source.kafka.brokers == Texts{"kafka-1:9092", "kafka-2:9092"});
  CHECK(source.kafka.topics == Texts{"windows-events"});
  CHECK(source.kafka.properties == Properties{{"security.protocol", "SASL_SSL"}, {"fetch.min.bytes", "5"}});
  CHECK(source.kafka.start.kind == KafkaStart::Kind::latest);
  CHECK(source.format == "json");
  CHECK(source.log_source == "windows");
  CHECK(source.group == "soc");
  CHECK(source.lateness == std::chrono::minutes(15));
  CHECK(source.place.position == Position{2, 5});
}

TEST_CASE("a source has defaults for what need not be said") {
  const SourceConfig source = config_of(with_kafka("")).sources.at(0);

  CHECK(source.kafka.start.kind == KafkaStart::Kind::earliest);
  CHECK(source.format == "json");
  CHECK(source.group == "alarum");
  CHECK(source.lateness == std::chrono::seconds(30));
}

TEST_CASE("a source may start at a point in time, whose zone is said") {
  const SourceConfig source = config_of(with_kafka("start: 2026-01-02T03:04:05+01:00")).sources.at(0);
  CHECK(source.kafka.start.kind == KafkaStart::Kind::time);
  CHECK(source.kafka.start.time == parse_time("2026-01-02T02:04:05Z"));

  CHECK(
      config_problems(with_kafka("start: 2026-01-02T03:04:05")) ==
      "alarum.yaml:7:12 invalid_value: 'sources[].kafka.start' takes one of earliest latest, or a time like "
      "2026-01-02T03:04:05Z, not '2026-01-02T03:04:05'\n");
  CHECK(config_problems(with_kafka("start: earlyest")).ends_with("(did you mean 'earliest'?)\n"));
}

TEST_CASE("attributes of a log source become its text, in the order of rules") {
  CHECK(config_of(with_log_source("{service: sshd, product: linux}")).sources.at(0).log_source ==
        "product=linux,service=sshd");
  CHECK(config_of(with_log_source("{category: webserver}")).sources.at(0).log_source == "category=webserver");
}

TEST_CASE("attributes of a log source are checked") {
  CHECK(
      config_problems(with_log_source("{products: linux, service: [a], category: \"a,b\"}")) ==
      "alarum.yaml:4:16 unknown_key: unknown key 'products' in section 'sources[].log_source' (did you mean "
      "'product'?)\n"
      "alarum.yaml:4:42 invalid_value: 'sources[].log_source.service' takes a text; this is a list\n"
      "alarum.yaml:4:57 invalid_value: 'sources[].log_source.category' takes a text without ',' and '=', not "
      "'a,b'\n");
  CHECK(
      config_problems(with_log_source("{}")) ==
      "alarum.yaml:4:15 invalid_value: 'sources[].log_source' takes a text, or a mapping of some of product "
      "category service; this one has none of them\n");
}

TEST_CASE("what a source needs is missed at the source") {
  CHECK(
      config_problems("sources:\n  - name: a\n  - kafka: {topics: []}\n") ==
      "alarum.yaml:2:5 missing_key: 'sources[].kafka' is missing (it takes a section)\n"
      "alarum.yaml:2:5 missing_key: 'sources[].log_source' is missing (it takes a text, or a mapping of some "
      "of product category service)\n"
      "alarum.yaml:3:5 missing_key: 'sources[].name' is missing (it takes a name of up to 64 a-z 0-9 . _ "
      "-)\n"
      "alarum.yaml:3:5 missing_key: 'sources[].log_source' is missing (it takes a text, or a mapping of some "
      "of product category service)\n"
      "alarum.yaml:3:12 missing_key: 'sources[].kafka.brokers' is missing (it takes a list of addresses "
      "host:port)\n"
      "alarum.yaml:3:21 invalid_value: 'sources[].kafka.topics' is an empty list (it takes a list of "
      "texts)\n");
}

TEST_CASE("what is refused is not missed as well") {
  CHECK(config_problems(
            "sources:\n- name: Big One\n  log_source: windows\n  kafka: {brokers: [k], topics: [t]}\n") ==
        "alarum.yaml:2:9 invalid_value: 'sources[].name' takes a name of up to 64 a-z 0-9 . _ -, not 'Big "
        "One'\n"
        "alarum.yaml:4:20 invalid_value: 'sources[].kafka.brokers' takes a list of addresses host:port, not "
        "'k'\n");
}

TEST_CASE("keys of a source are known, and the nearest one is named") {
  CHECK(config_problems(with_kafka("broker: [x:1]")) ==
        "alarum.yaml:7:5 unknown_key: unknown key 'broker' in section 'sources[].kafka' (did you mean "
        "'brokers'?)\n");
}

TEST_CASE("a list of sections is a list of sections") {
  CHECK(
      config_problems("sources: {name: a}") ==
      "alarum.yaml:1:10 invalid_value: 'sources' takes a list of sections; this is a mapping (begin each of "
      "them with '- name: ')\n");
  CHECK(config_problems("sources: [a]") ==
        "alarum.yaml:1:11 invalid_value: 'sources[]' is text, not a section (begin it with 'name: ')\n");
  CHECK(config_problems("sources:\n").empty());
}

TEST_CASE("sources of several files add up in lexical order") {
  ConfigFolder folder;
  std::string second = with_kafka("");
  folder.write("alarum.yaml", with_kafka(""))
      .write("conf.d/b.yaml", second.replace(second.find("name: a"), 7, "name: b"));
  const LoadedConfig loaded = folder.load();

  CHECK(loaded.problems.empty());
  REQUIRE(loaded.config.sources.size() == 2);
  CHECK(loaded.config.sources[0].name == "a");
  CHECK(loaded.config.sources[1].name == "b");
}

TEST_CASE("a name that is there already is an error with both places, in another file too") {
  ConfigFolder folder;
  folder.write("alarum.yaml", with_kafka("")).write("conf.d/b.yaml", with_kafka(""));

  CHECK(folder.problems() ==
        "conf.d/b.yaml:2:9 duplicate_name: 'sources' has a 'a' already, at alarum.yaml:2:9 (give the two "
        "different names, or make them one)\n");
}

TEST_CASE("properties are a mapping of names to texts, and not those of the demonstration broker") {
  CHECK(
      config_problems(with_kafka("properties: [a]")) ==
      "alarum.yaml:7:17 invalid_value: 'sources[].kafka.properties' takes a mapping of names to texts; this "
      "is a list\n");
  CHECK(config_problems(with_kafka("properties: {a: [b], c: }")) ==
        "alarum.yaml:7:21 invalid_value: 'sources[].kafka.properties' takes a mapping of names to texts; 'a' "
        "is "
        "a list\n"
        "alarum.yaml:7:29 invalid_value: 'sources[].kafka.properties' takes a mapping of names to texts; 'c' "
        "is "
        "empty\n");
  CHECK(config_problems(with_kafka("properties: {test.mock.num.brokers: 3}")) ==
        "alarum.yaml:7:18 refused_property: the property 'test.mock.num.brokers' replaces the brokers by a "
        "demonstration (leave it out)\n");
}

}  // namespace alarum

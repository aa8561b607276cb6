#include "config/daemon_config.h"

#include "config/yaml_source.h"
#include "tests/unit/config/config_folder.h"

#include <catch2/catch.hpp>

#include <filesystem>

namespace alarum {
namespace {

namespace filesystem = std::filesystem;

using test::ConfigFolder;

std::string problems_of(std::string_view text) { return test::config_problems(text); }

}  // namespace

TEST_CASE("the default file may be absent") {
  if (!filesystem::exists(default_config_path)) CHECK(load_config("", {}, alarum_options()).problems.empty());
}

TEST_CASE("what nobody configures has its default") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "");
  const LoadedConfig loaded = folder.load();

  CHECK(loaded.config.rules.paths ==
        std::vector<std::string>{"/etc/alarum/rules", "/usr/share/alarum/rules"});
  CHECK(loaded.config.rules.disable.empty());
  CHECK(loaded.config.records.bytes_max == std::size_t{2} << 20U);
  CHECK(loaded.config.records.depth_max == 100);
  CHECK(loaded.config.records.values_max == 10000);
  CHECK(loaded.config.log_level == "info");
}

TEST_CASE("a named file has to be there") {
  const ConfigFolder folder;

  CHECK(folder.problems() ==
        "alarum.yaml:0:0 unreadable: cannot read 'alarum.yaml'"
        ": No such file or directory\n");
  CHECK(folder.load().files.empty());
}

TEST_CASE("a folder is no configuration file") {
  ConfigFolder folder;
  folder.write("alarum.yaml/x", "");

  CHECK(folder.problems().ends_with("': Is a directory\n"));
}

TEST_CASE("a configuration file above the limit is refused") {
  CHECK(problems_of(std::string(YamlLimits().bytes_max + 10, '#')) ==
        "alarum.yaml:0:0 yaml_too_large: the file is larger than 4194304 bytes\n");
}

TEST_CASE("an empty file, empty sections and comments change nothing") {
  for (const std::string text : {"", "# nothing\n", "rules:\nrecords:\nlog: ~\n", "---\n"}) {
    CAPTURE(text);
    CHECK(problems_of(text).empty());
  }
}

TEST_CASE("files that were read are told in order") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "")
      .write("conf.d/b.yaml", "")
      .write("conf.d/a.yaml", "")
      .write("conf.d/c.yml", "");

  CHECK(folder.load().files == std::vector<std::string>{folder.path("alarum.yaml"),
                                                        folder.path("conf.d/a.yaml"),
                                                        folder.path("conf.d/b.yaml")});
}

TEST_CASE("a later list replaces an earlier one") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "rules: {paths: [/a, /b], disable: [x]}")
      .write("conf.d/a.yaml", "rules: {paths: [/c]}");

  CHECK(folder.load().config.rules.paths == std::vector<std::string>{"/c"});
  CHECK(folder.load().config.rules.disable == std::vector<std::string>{"x"});
}

TEST_CASE("a list in the environment is separated by commas, and may be empty") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "rules: {paths: [/a], disable: [x]}");
  const LoadedConfig loaded = folder.load({"ALARUM_RULES__PATHS=/b,/c d", "ALARUM_RULES__DISABLE="});

  CHECK(loaded.problems.empty());
  CHECK(loaded.config.rules.paths == std::vector<std::string>{"/b", "/c d"});
  CHECK(loaded.config.rules.disable.empty());
}

TEST_CASE("variables that are no options of ours are left alone") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "");

  CHECK(folder.problems({"ALARUM_DATA=/x__y", "ALARUM_BINARY=a", "PATH=/bin", "LOG__LEVEL=loud", "x", ""})
            .empty());
}

TEST_CASE("problems of every file and of the environment are told in one run") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "rules:\n  path: /a\nlogs: {}\n")
      .write("conf.d/a.yaml", "records: {depth_max: many}\n")
      .write("conf.d/b.yaml", "records: [\n");

  CHECK(folder.problems({"ALARUM_LOG__LEVELS=info"}) ==
        "alarum.yaml:2:3 unknown_key: unknown key 'path' in section 'rules' (did you mean 'paths'?)\n"
        "alarum.yaml:3:1 unknown_key: unknown section 'logs' (did you mean 'log'?)\n"
        "conf.d/a.yaml:1:22 invalid_value: 'records.depth_max' takes a whole number from 1 to 1000, not "
        "'many'\n"
        "conf.d/b.yaml:2:1 yaml_syntax: did not find expected node content (while parsing a flow node in "
        "line 2)\n"
        "environment variable ALARUM_LOG__LEVELS:0:0 unknown_key: no option has this name (did you mean "
        "'ALARUM_LOG__LEVEL'?)\n");
}

TEST_CASE("what is broken in a source has no effect, and the rest of it counts") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "records: {depth_max: 0, bytes_max: 2KiB}\nlog: {level: loud}\n");
  const LoadedConfig loaded = folder.load();

  CHECK(loaded.problems.size() == 2);
  CHECK(loaded.config.records.depth_max == 100);
  CHECK(loaded.config.records.bytes_max == 2048);
  CHECK(loaded.config.log_level == "info");
}

TEST_CASE("ranges hold at their ends") {
  CHECK(problems_of("records: {depth_max: 1, bytes_max: 1024}").empty());
  CHECK(problems_of("records: {depth_max: 1000, bytes_max: 256MiB}").empty());
  CHECK(problems_of("records: {depth_max: 1001}") ==
        "alarum.yaml:1:22 invalid_value: 'records.depth_max' takes a whole number from 1 to 1000, not "
        "'1001'\n");
  CHECK(problems_of("records: {bytes_max: 1023}") ==
        "alarum.yaml:1:22 invalid_value: 'records.bytes_max' takes a size from 1KiB to 256MiB, not '1023'\n");
}

TEST_CASE("an option without a value is an error, not an empty text") {
  CHECK(problems_of("rules:\n  paths:\n  disable: [a, ~]\n") ==
        "alarum.yaml:2:9 invalid_value: 'rules.paths' takes a list of texts; this is empty\n"
        "alarum.yaml:3:16 invalid_value: 'rules.disable' takes a list of texts; this is empty\n");
}

TEST_CASE("a list of one is no number and no word") {
  CHECK(problems_of("records: {depth_max: [5]}") ==
        "alarum.yaml:1:22 invalid_value: 'records.depth_max' takes a whole number from 1 to 1000; this is a "
        "list\n");
  CHECK(problems_of("log: {level: [info]}") ==
        "alarum.yaml:1:14 invalid_value: 'log.level' takes one of debug info warn error; this is a list\n");
}

TEST_CASE("a second document in a configuration file is an error") {
  CHECK(problems_of("log: {level: warn}\n---\nlog: {level: info}\n") ==
        "alarum.yaml:3:1 several_documents: a configuration file is one YAML document (put the second one "
        "into a "
        "file of its own below conf.d)\n");
}

TEST_CASE("the state, the addresses and the workers have defaults") {
  const DaemonConfig config = test::config_of("");

  CHECK(config.sources.empty());
  CHECK(config.responders.empty());
  CHECK(config.dead_letter.kind == DeadLetterConfig::Kind::none);
  CHECK(config.state.path == "/var/lib/alarum/state");
  CHECK(config.state.commit_interval == std::chrono::milliseconds(150));
  CHECK(config.state.commit_records_max == 20000);
  CHECK(config.state.outbox_max == 100000);
  CHECK(config.ledger.path == "/var/lib/alarum/ledger.db");
  CHECK(config.incidents.within == std::chrono::hours(1));
  CHECK(config.incidents.entity_types == std::vector<std::string>{"host.name", "user.name", "source.ip"});
  CHECK(config.incidents.shared_values.size() == 16);
  CHECK(config.incidents.shared_values[7] == "NT AUTHORITY\\SYSTEM");
  CHECK(config.control.analyst_group.empty());
  CHECK(config.http.listen == Address{"127.0.0.1", 9464});
  CHECK(config.control.socket == "/run/alarum/control.sock");
  CHECK(config.workers == 0);
}

TEST_CASE("the state, the addresses and the workers can be set") {
  const DaemonConfig config = test::config_of(
      "state: {path: /s, commit_interval: 1s, commit_records_max: 5, outbox_max: 7}\n"
      "http: {listen: \"[::1]:80\"}\ncontrol: {socket: /c, analyst_group: soc}\nworkers: 4\n"
      "ledger: {path: /l.db}\nincidents: {within: 5m, entity_types: host.name, shared_values: []}\n");

  CHECK(config.state.path == "/s");
  CHECK(config.state.commit_interval == std::chrono::seconds(1));
  CHECK(config.state.commit_records_max == 5);
  CHECK(config.state.outbox_max == 7);
  CHECK(config.http.listen == Address{"::1", 80});
  CHECK(config.control.socket == "/c");
  CHECK(config.control.analyst_group == "soc");
  CHECK(config.ledger.path == "/l.db");
  CHECK(config.incidents.within == std::chrono::minutes(5));
  CHECK(config.incidents.entity_types == std::vector<std::string>{"host.name"});
  CHECK(config.incidents.shared_values.empty());
  CHECK(config.workers == 4);
}

TEST_CASE("durations, addresses, texts and keys at the top are checked") {
  CHECK(problems_of("state:\n  commit_interval: 9ms\n  path: \"\"\n") ==
        "alarum.yaml:2:20 invalid_value: 'state.commit_interval' takes a duration from 10ms to 10s, not "
        "'9ms'\n"
        "alarum.yaml:3:9 invalid_value: 'state.path' takes a text, not ''\n");
  CHECK(problems_of("http: {listen: 9464}\nworkers: 257\n") ==
        "alarum.yaml:1:16 invalid_value: 'http.listen' takes an address host:port, not '9464'\n"
        "alarum.yaml:2:10 invalid_value: 'workers' takes a whole number from 0 to 256, not '257'\n");
}

TEST_CASE("a key at the top and one two sections deep can be set by the environment") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "");
  const LoadedConfig loaded = folder.load({"ALARUM_WORKERS=3", "ALARUM_DEAD_LETTER__FILE__PATH=/d"});

  CHECK(loaded.problems.empty());
  CHECK(loaded.config.workers == 3);
  CHECK(loaded.config.dead_letter.path == "/d");
}

TEST_CASE("what takes more than one text cannot be set by the environment") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "");

  CHECK(folder.problems({"ALARUM_SOURCES__WINDOWS__GROUP=a", "ALARUM_RESPONDERS=b",
                         "ALARUM_DEAD_LETTER__KAFKA__TOPIC=t", "ALARUM_DEAD_LETTER__KAFKA__PROPERTIES=c"}) ==
        "environment variable ALARUM_SOURCES__WINDOWS__GROUP:0:0 not_in_environment: 'sources' cannot be set "
        "by the environment, since lists of sections cannot (write it into a file below conf.d)\n"
        "environment variable ALARUM_RESPONDERS:0:0 not_in_environment: 'responders' cannot be set by the "
        "environment, since lists of sections cannot (write it into a file below conf.d)\n"
        "environment variable ALARUM_DEAD_LETTER__KAFKA__PROPERTIES:0:0 not_in_environment: "
        "'dead_letter.kafka.properties' cannot be set by the environment, since mappings cannot (write it "
        "into a file below conf.d)\n");
}

}  // namespace alarum

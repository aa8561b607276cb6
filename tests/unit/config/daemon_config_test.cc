#include "config/daemon_config.h"

#include "config/yaml_source.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace alarum {
namespace {

namespace filesystem = std::filesystem;

/// A folder with configuration files, and what is loaded from it.
class ConfigFolder {
 public:
  ConfigFolder() {
    std::string pattern = (filesystem::temp_directory_path() / "alarum_config_XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;
  ~ConfigFolder() { filesystem::remove_all(path_); }

  ConfigFolder& write(const std::string& name, std::string_view text) {
    filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
    return *this;
  }

  LoadedConfig load(const std::vector<std::string>& environment = {}) const {
    return load_config(path("alarum.yaml"), environment);
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  /// One line for each problem, with paths from this folder: `alarum.yaml:1:2 reason: message (hint)`.
  std::string problems(const std::vector<std::string>& environment = {}) const {
    std::string out;
    for (const Diagnostic& problem : load(environment).problems) {
      out += problem.file.starts_with(path("")) ? problem.file.substr(path("").size()) : problem.file;
      out += ":" + std::to_string(problem.position.line) + ":" + std::to_string(problem.position.column);
      out += " " + std::string(problem.reason) + ": " + problem.message;
      out += (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
    }
    return out;
  }

 private:
  filesystem::path path_;
};

/// The problems of a main file with this text.
std::string problems_of(std::string_view text) {
  return ConfigFolder().write("alarum.yaml", text).problems();
}

}  // namespace

TEST_CASE("the default file may be absent") {
  if (!filesystem::exists(default_config_path)) CHECK(load_config("", {}).problems.empty());
}

TEST_CASE("what nobody configures has its default") {
  ConfigFolder folder;
  folder.write("alarum.yaml", "");
  const LoadedConfig loaded = folder.load();

  CHECK(loaded.config.rules.paths ==
        std::vector<std::string>{"/etc/alarum/rules", "/usr/share/alarum/rules"});
  CHECK(loaded.config.rules.disable.empty());
  CHECK(loaded.config.records.bytes_max == std::size_t{8} << 20U);
  CHECK(loaded.config.records.depth_max == 100);
  CHECK(loaded.config.log_level == "info");
}

TEST_CASE("a named file has to be there") {
  const ConfigFolder folder;

  CHECK(folder.problems() == "alarum.yaml:0:0 unreadable: cannot read '" + folder.path("alarum.yaml") +
                                 "': No such file or directory\n");
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

}  // namespace alarum

#include "config/settings.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

const Section& some_options() {
  using Type = Option::Type;
  static const Section rules = {
      .options = {
          {.name = "paths", .type = Type::text_list, .default_value = {"/a", "/b"}, .help = "Where."},
          {.name = "count",
           .type = Type::count,
           .default_value = {"5"},
           .min = 1,
           .max = 10,
           .help = "How many."},
      }};
  static const Section state = {.options = {{.name = "size",
                                             .type = Type::size,
                                             .default_value = {"1MiB"},
                                             .min = 1024,
                                             .max = 1 << 30,
                                             .help = "Size."}}};
  static const Section log = {.options = {{.name = "level",
                                           .type = Type::word,
                                           .default_value = {"info"},
                                           .words = {"debug", "info"},
                                           .help = "Log."}}};
  static const Section root = {
      .options = {
          {.name = "rules", .type = Type::section, .section = &rules, .help = "Rules."},
          {.name = "state", .type = Type::section, .section = &state, .help = "State."},
          {.name = "log", .type = Type::section, .section = &log, .help = "Log."},
      }};
  return root;
}

/// Settings that were read from one file, and what was said about it.
struct SettingsWorld {
  SettingsWorld& file(std::string text) {
    settings.read_file({"alarum.yaml", std::move(text)});
    return *this;
  }
  SettingsWorld& environment(const std::vector<std::string>& variables) {
    settings.read_environment(variables);
    return *this;
  }
  std::string told() const {
    std::string out;
    for (const Diagnostic& item : settings.problems()) {
      out += std::to_string(item.position.line) + ":" + std::to_string(item.position.column) + " ";
      out.append(item.reason)
          .append(": ")
          .append(item.message)
          .append(item.hint.empty() ? "" : " ")
          .append(item.hint);
      out += "\n";
    }
    return out;
  }

  Settings settings{some_options()};
};

TEST_CASE("what nobody sets has its default") {
  const SettingsWorld world;
  CHECK(world.settings.value("rules.paths").texts == std::vector<std::string>{"/a", "/b"});
  CHECK(world.settings.value("state.size").number == 1 << 20);
  CHECK(world.settings.origin("state.size") == "default");
}

TEST_CASE("a file sets options, and each remembers its place") {
  SettingsWorld world;
  world.file("rules:\n  paths: /one\n  count: 7\nstate: {size: 2KiB}\nlog:\n");

  CHECK(world.told().empty());
  CHECK(world.settings.value("rules.paths").texts == std::vector<std::string>{"/one"});
  CHECK(world.settings.value("rules.count").number == 7);
  CHECK(world.settings.value("state.size").number == 2048);
  CHECK(world.settings.origin("rules.count") == "alarum.yaml:3:10");
}

TEST_CASE("the later source wins, and the environment over files") {
  SettingsWorld world;
  world.file("rules: {count: 2}").file("rules: {count: 3}");
  CHECK(world.settings.value("rules.count").number == 3);

  world.environment(
      {"ALARUM_RULES__COUNT=4", "ALARUM_RULES__PATHS=/x,/y", "ALARUM_DATA=elsewhere", "PATH=/bin"});
  CHECK(world.told().empty());
  CHECK(world.settings.value("rules.count").number == 4);
  CHECK(world.settings.value("rules.paths").texts == std::vector<std::string>{"/x", "/y"});
  CHECK(world.settings.origin("rules.count") == "environment variable ALARUM_RULES__COUNT");
}

TEST_CASE("every problem of a file is told at once, with the nearest name") {
  SettingsWorld world;
  world.file("rule: {}\nrules:\n  path: /a\n  count: 11\nlog: {level: inf}\nstate: 5\n");

  CHECK(world.told() ==
        "1:1 unknown_key: unknown section 'rule' did you mean 'rules'?\n"
        "3:3 unknown_key: unknown key 'path' in section 'rules' did you mean 'paths'?\n"
        "4:10 invalid_value: 'rules.count' takes a whole number from 1 to 10, not '11'\n"
        "5:14 invalid_value: 'log.level' takes one of debug info, not 'inf' did you mean 'info'?\n"
        "6:8 invalid_value: 'state' is a number, not a section write its keys below it, indented\n");
  CHECK(world.settings.value("rules.count").number == 5);
}

TEST_CASE("a value of the wrong shape is refused") {
  CHECK(SettingsWorld().file("rules: {count: [1, 2]}").told() ==
        "1:16 invalid_value: 'rules.count' takes a whole number from 1 to 10; this is a list\n");
  CHECK(SettingsWorld().file("rules: {count: {a: 1}}").told() ==
        "1:16 invalid_value: 'rules.count' takes a whole number from 1 to 10; this is a mapping\n");
  CHECK(SettingsWorld().file("rules: {paths: [[a]]}").told() ==
        "1:17 invalid_value: 'rules.paths' takes a list of texts; this is a list\n");
  CHECK(SettingsWorld().file("just text").told() ==
        "1:1 invalid_value: a configuration is sections of keys, not text\n");
}

TEST_CASE("a file is one document of sound YAML") {
  CHECK(
      SettingsWorld().file("rules: {count: 2}\n---\nrules: {count: 3}\n").told().find("several_documents") !=
      std::string::npos);
  SettingsWorld broken;
  broken.file("rules: {count: 2\n");
  CHECK(broken.settings.problems().at(0).reason == "yaml_syntax");
  CHECK(broken.settings.value("rules.count").number == 5);
}

TEST_CASE("an environment variable that is almost an option is an error") {
  SettingsWorld world;
  world.environment({"ALARUM_RULES__COUNTS=4", "ALARUM_LOG__LEVEL=loud"});

  CHECK(world.told() ==
        "0:0 unknown_key: no option has this name did you mean 'ALARUM_RULES__COUNT'?\n"
        "0:0 invalid_value: 'log.level' takes one of debug info, not 'loud'\n");
  CHECK(world.settings.problems().at(0).file == "environment variable ALARUM_RULES__COUNTS");
}

}  // namespace
}  // namespace alarum

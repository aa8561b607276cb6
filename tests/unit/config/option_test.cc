#include "config/option.h"

#include "config/daemon_config.h"
#include "config/option_reference.h"
#include "config/quantity.h"
#include "config/settings.h"
#include "config/yaml_source.h"
#include "config/yaml_writer.h"
#include "responders/responder_kinds.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace alarum {
namespace {

const Option size_option = {.name = "size",
                            .type = Option::Type::size,
                            .default_value = {"1MiB"},
                            .min = 1,
                            .max = std::int64_t{4} << 30,
                            .help = "Size."};

std::int64_t size_of(const std::string& text) {
  const auto value = parse_value(size_option, "state.size", std::vector<std::string>{text});
  return value ? value->number : -1;
}

TEST_CASE("sizes are whole numbers with or without a unit") {
  CHECK(size_of("17") == 17);
  CHECK(size_of("17B") == 17);
  CHECK(size_of("2KiB") == 2048);
  CHECK(size_of("3 MiB") == 3 << 20);
  CHECK(size_of("1GiB") == 1 << 30);
}

TEST_CASE("what is no size, out of range or overflowing is refused") {
  for (const char* text :
       {"", "MiB", "1.5MiB", "1MB", "-1", "0", "5GiB", "9223372036854775807GiB", "1 0", "0x10"}) {
    CHECK(size_of(text) == -1);
  }
  const auto refused = parse_value(size_option, "state.size", std::vector<std::string>{"many"});
  CHECK(refused.error().message == "'state.size' takes a size from 1B to 4GiB, not 'many'");
}

TEST_CASE("sizes are told in the largest unit that divides them") {
  CHECK(size_text(0) == "0B");
  CHECK(size_text(1) == "1B");
  CHECK(size_text(1536) == "1536B");
  CHECK(size_text(8 << 20) == "8MiB");
}

TEST_CASE("what is printed as YAML reads back as the same text") {
  for (const std::string text :
       {"plain", "", "null", "5", "a: b", "it's", "line\nbreak", "- x", "#no", "ü"}) {
    const SourceFile file{
        "a.yml", "a: " + yaml_scalar(text) + "\nb: " + yaml_list(std::vector<std::string_view>{text, "x"})};
    Diagnostics diagnostics(file);
    const auto documents = parse_yaml(file, diagnostics);
    REQUIRE(documents.size() == 1);
    CHECK(documents[0].root.find("a")->text == text);
    CHECK(documents[0].root.find("b")->items.at(0).text == text);
  }
}

/// A folder with configuration files.
class ConfigWorld {
 public:
  ConfigWorld() { std::filesystem::create_directories(folder_ / "conf.d"); }
  ConfigWorld(const ConfigWorld&) = delete;
  ConfigWorld& operator=(const ConfigWorld&) = delete;
  ~ConfigWorld() { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view text) const { std::ofstream(folder_ / name) << text; }
  LoadedConfig load(const std::vector<std::string>& environment = {}) const {
    return load_config((folder_ / "alarum.yaml").string(), environment, alarum_options());
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("alarum-config-test-" + std::to_string(getpid()));
};

TEST_CASE("conf.d is read in lexical order after the main file, and the environment wins") {
  const ConfigWorld world;
  world.write("alarum.yaml", "records: {depth_max: 1, bytes_max: 1KiB}\n");
  world.write("conf.d/20.yaml", "records: {depth_max: 20}\n");
  world.write("conf.d/10.yaml", "records: {depth_max: 10}\nlog: {level: warn}\n");
  world.write("conf.d/30.txt", "no configuration\n");

  const LoadedConfig loaded = world.load({"ALARUM_LOG__LEVEL=error"});
  CHECK(loaded.problems.empty());
  CHECK(loaded.files.size() == 3);
  CHECK(loaded.config.records.depth_max == 20);
  CHECK(loaded.config.records.bytes_max == 1024);
  CHECK(loaded.config.log_level == "error");
}

TEST_CASE("problems of all files are told, and a named file has to be there") {
  const ConfigWorld world;
  world.write("conf.d/10.yaml", "records: {depth: 10}\n");

  const LoadedConfig loaded = world.load();
  REQUIRE(loaded.problems.size() == 2);
  CHECK(loaded.problems[0].message.find("No such file or directory") != std::string::npos);
  CHECK(loaded.problems[1].hint == "did you mean 'depth_max'?");
}

}  // namespace
}  // namespace alarum

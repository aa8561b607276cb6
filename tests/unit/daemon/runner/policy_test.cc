#include "daemon/runner/policy.h"

#include "config/option_reference.h"
#include "daemon/base/file.h"
#include "daemon/runner/program_check.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace alarum::runner {
namespace {

/// The first problem of a policy; empty where it has none.
std::string problem(const std::string& text) {
  const auto loaded = parse_policy("isolate.yaml", text);
  return loaded.problems.empty() ? "" : loaded.problems.front().to_text();
}

TEST_CASE("a policy with nothing but a command has careful defaults") {
  const auto loaded = parse_policy("isolate.yaml", "command: [/bin/sh, -e, '$(id)']\n");

  CHECK_FALSE(has_errors(loaded.problems));
  CHECK(loaded.policy.command == std::vector<std::string>{"/bin/sh", "-e", "$(id)"});
  CHECK(loaded.policy.environment == std::vector<std::string>{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"});
  CHECK(loaded.policy.is_once);
  CHECK(loaded.policy.timeout == std::chrono::seconds(60));
  CHECK(loaded.policy.limits.running_max == 2);
  CHECK(loaded.policy.limits.runs_per_hour_max == 60);
  CHECK(loaded.policy.limits.output_size_max == 65536);
}

TEST_CASE("a policy of the runner that would not do what it says is refused, with the place") {
  CHECK(problem("command: [sh, -c, x]\n") ==
        "isolate.yaml:1:10: 'command': it begins with the path of the script, from / on\n"
        "    command: [sh, -c, x]\n             ^");
  CHECK_THAT(problem("command: []\n"), Catch::Contains("it begins with the path"));
  CHECK_THAT(problem("command: ['/bin/sh', \"a\\0b\"]\n"), Catch::Contains("NUL"));
  CHECK_THAT(problem("command: [/bin/sh]\nenvironment: [A]\n"), Catch::Contains("isolate.yaml:2:14: "));
  CHECK_THAT(problem("command: [/bin/sh]\nenvironment: ['1A=b']\n"), Catch::Contains("like NAME=value"));
  CHECK_THAT(problem("command: [/bin/sh]\nenvironment: [ALARUM_ACTION_ID=b]\n"),
             Catch::Contains("not theirs"));
  CHECK_THAT(problem("command: [/bin/sh]\nfolder: tmp\n"), Catch::Contains("from / on"));
  CHECK_THAT(problem("command: [/bin/sh]\nclass: keyed\n"), Catch::Contains("one of once declarative"));
  CHECK_THAT(problem("command: [/bin/sh]\ntimout: 5s\n"), Catch::Contains("did you mean 'timeout'?"));
  CHECK_THAT(problem("timeout: 5s\n"), Catch::Contains("isolate.yaml: 'command' is missing"));
}

TEST_CASE("a policy of the runner with nothing wrong but an unknown name may mend by itself") {
  const std::string unknown = "askers: {users: [nobody-of-that-name]}\n";
  CHECK(only_names_are_unknown(parse_policy("isolate.yaml", "command: [/bin/sh]\n" + unknown).problems));
  CHECK_FALSE(only_names_are_unknown(parse_policy("isolate.yaml", unknown).problems));
  CHECK_FALSE(only_names_are_unknown(parse_policy("isolate.yaml", "command: [/bin/sh]\n").problems));
}

TEST_CASE("the commented default policy of the runner lacks nothing but the command") {
  const auto loaded = parse_policy("isolate.yaml", default_policy());
  REQUIRE(loaded.problems.size() == 1);
  CHECK_THAT(loaded.problems.front().message, Catch::Contains("'command' is missing"));
}

TEST_CASE("the table of the runner's options in the documentation is the program's") {
  const auto page = read_file(ALARUM_RUNNER_PAGE, 1 << 20);
  REQUIRE(page);
  CHECK_THAT(*page, Catch::Contains(option_table(policy_options())));
}

TEST_CASE("a program that is not there, no file, not executable or changeable is not safe") {
  test::TemporaryFolder folder;
  CHECK(check_program("/bin/sh"));
  CHECK_FALSE(check_program(folder / "absent"));
  CHECK_FALSE(check_program("/"));
  CHECK_FALSE(check_program("/etc/passwd"));
  std::ofstream(folder / "script") << "#!/bin/sh\n";
  std::filesystem::permissions(folder / "script", std::filesystem::perms(0777));
  CHECK_FALSE(check_program(folder / "script"));
  std::filesystem::create_symlink("script", folder / "link");
  CHECK_FALSE(check_program(folder / "link"));
  std::filesystem::create_symlink("loop", folder / "loop");
  CHECK_FALSE(check_program(folder / "loop"));
}

}  // namespace
}  // namespace alarum::runner

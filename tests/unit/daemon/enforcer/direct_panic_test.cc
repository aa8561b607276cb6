#include "daemon/enforcer/direct_panic.h"

#include "tests/unit/daemon/enforcer/enforcer_world.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <unistd.h>

namespace alarum::enforcer {
namespace {

using test::EnforcerWorld;

/// Where the state of a world is.
std::function<std::string()> state_of(const EnforcerWorld& world) {
  return [&] { return world.state_path(); };
}

TEST_CASE("without an enforcer a panic takes the table away and outlives the next start") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.stop();
  CHECK(panic_directly(state_of(world), world.table));
  CHECK(world.blocked().empty());

  world.restart();
  CHECK(world.blocked().empty());
  CHECK(world.outcome("block action=b target=192.0.2.1") == "refused guard=disarmed entry=-");
}

TEST_CASE("a panic lets everybody go before it looks for the state") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.stop();
  std::string blocked = "nobody looked";
  CHECK(panic_directly(
      [&] {
        blocked = world.blocked();
        return world.state_path();
      },
      world.table));
  CHECK(blocked.empty());
}

TEST_CASE("a panic names the process that holds the state, and lets everybody go all the same") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  const Status done = panic_directly(state_of(world), world.table);
  REQUIRE_FALSE(done);
  CHECK_THAT(done.error().message, Catch::Contains("process " + std::to_string(getpid()) + " is another"));
  CHECK(world.blocked().empty());
}

TEST_CASE("a state that is damaged does not stop a panic, and is kept") {
  EnforcerWorld world;
  world.stop();
  CHECK(replace_file(world.state_path(), "rubbish\n"));
  CHECK(panic_directly(state_of(world), world.table));
  const auto folder = std::filesystem::path(world.state_path()).parent_path();
  const auto files = list_files(folder.string(), Depth::folder);
  CHECK(std::any_of(files->begin(), files->end(), [](const std::string& path) {
    return path.find("state.damaged-") != std::string::npos && *read_file(path, 100) == "rubbish\n";
  }));
  world.restart();
  CHECK_THAT(world.ask("status"), Catch::Contains("armed=no"));
}

}  // namespace
}  // namespace alarum::enforcer

#include "tests/unit/daemon/enforcer/enforcer_world.h"

#include <catch2/catch.hpp>

namespace alarum::enforcer {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::EnforcerWorld;

TEST_CASE("a restart and a reboot keep the time that was left") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.0/24 for=20m") == "done");

  world.clock.pass(seconds(100));
  world.restart();
  CHECK(world.blocked() == "192.0.2.0/24=1100 192.0.2.1=500");

  world.table.ends.clear();
  world.table.is_intact = false;
  world.restart();
  CHECK(world.blocked() == "192.0.2.0/24=1100 192.0.2.1=500");
  CHECK_THAT(world.ask("status"), Catch::Contains("drift=0"));
}

TEST_CASE("a clock that is set does not change how long a block lasts") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  world.clock.set(hours(5));
  world.pass(seconds(60));
  CHECK(world.blocked() == "192.0.2.1=540");

  world.clock.set(hours(-9));
  world.pass(seconds(60));
  world.restart();
  CHECK(world.blocked() == "192.0.2.1=480");
}

TEST_CASE("a clock that was set back while nobody ran makes no block longer than it was allowed to be") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  world.clock.set(hours(-2));
  world.table.ends.clear();
  world.restart();
  CHECK(world.blocked() == "192.0.2.1=600");
}

TEST_CASE("a clock that was set ahead while nobody ran ends no block and forgets no action") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  world.clock.set(hours(100));
  world.restart();
  CHECK(world.blocked() == "192.0.2.1=600");
  CHECK_THAT(world.ask("block action=a target=192.0.2.1"), Catch::EndsWith("state=active repeated=yes"));
}

TEST_CASE("a reboot with a clock that is behind does not give back time that was seen to pass") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=24h") == "done");
  for (int i = 0; i < 23; ++i) world.pass(hours(1));
  world.reboot(hours(-30));
  CHECK(world.blocked() == "192.0.2.1=3600");
  world.clock.set(hours(30));
  world.pass(seconds(1));
  CHECK(world.blocked() == "192.0.2.1=3599");
}

TEST_CASE("a clock that was put right while it ran takes nothing off at the next reboot") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  world.clock.set(hours(10));
  world.pass(seconds(61));
  world.clock.set(hours(-10));
  world.pass(seconds(1));
  world.reboot(hours(0));
  CHECK(world.blocked() == "192.0.2.1=538");
}

TEST_CASE("a protection does not end sooner because the clock was set ahead") {
  EnforcerWorld world;
  const std::string until = format_time({world.clock.wall().microseconds + 600'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  world.clock.set(hours(2));
  world.pass(seconds(1));
  world.restart();
  CHECK(world.outcome("block action=a target=192.0.2.1") == "refused guard=protected entry=192.0.2.1");
}

TEST_CASE("a clock that was behind over a reboot and is put right makes no protection longer") {
  EnforcerWorld world;
  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  world.reboot(hours(-30));
  world.clock.set(hours(30));
  world.pass(seconds(59));
  CHECK(world.outcome("block action=a target=192.0.2.1") == "refused guard=protected entry=192.0.2.1");
  world.pass(seconds(2));
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
}

TEST_CASE("a clock that is set back makes neither a protection longer nor the time of who is left alone") {
  EnforcerWorld world("leave_alone: 10m\n");
  const std::string until = format_time({world.clock.wall().microseconds + 600'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  CHECK(world.outcome("block action=a target=192.0.2.2") == "done");
  CHECK(world.outcome("unblock target=192.0.2.2") == "done");
  world.clock.set(hours(-5));
  world.pass(seconds(599));
  CHECK(world.outcome("block action=b target=192.0.2.1") == "refused guard=protected entry=192.0.2.1");
  CHECK(world.outcome("block action=b target=192.0.2.2") == "refused guard=left_alone entry=192.0.2.2");
  world.pass(seconds(2));
  CHECK(world.outcome("block action=b target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=c target=192.0.2.2") == "done");
}

TEST_CASE("the end of a protection is a time of the clock as it is set when it is asked for") {
  EnforcerWorld world;
  world.clock.set(hours(10));
  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  world.pass(seconds(61));
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
}

TEST_CASE("a policy that lets protections be shorter makes them shorter") {
  EnforcerWorld world("leave_alone: 7d\n");
  const std::string until = format_time({world.clock.wall().microseconds + 86'400'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  CHECK(world.outcome("block action=a target=192.0.2.2") == "done");
  CHECK(world.outcome("unblock action=a") == "done");
  world.adopt("leave_alone: 1h\nlimits: {protection_duration_max: 1h}\n");
  world.pass(seconds(3601));
  world.restart();
  CHECK(world.outcome("block action=b target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=c target=192.0.2.2") == "done");
}

}  // namespace
}  // namespace alarum::enforcer

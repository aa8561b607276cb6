#include "tests/unit/daemon/enforcer/enforcer_world.h"

#include <catch2/catch.hpp>

namespace alarum::enforcer {
namespace {

using std::chrono::seconds;
using test::EnforcerWorld;

IpNetwork network(std::string_view text) { return *IpNetwork::parse(text); }

/// How many of `count` blocks of different addresses are done.
int done_of(EnforcerWorld& world, int count, const std::string& prefix) {
  int out = 0;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    const std::string id = "action=" + prefix + number;
    if (world.outcome("block " + id + " target=198.51." + number + ".1") == "done") ++out;
  }
  return out;
}

TEST_CASE("every refusal names its guard and the entry that decided") {
  EnforcerWorld world("never_block: [203.0.113.0/24]\nadministrators: [192.0.2.7]\n");
  world.host.addresses = {.own = {network("198.51.100.10")},
                          .broadcast = {},
                          .gateways = {network("198.51.100.1")},
                          .peers = {network("198.51.100.99")}};
  const auto refused = [&](const std::string& target) {
    return world.outcome("block action=a target=" + target);
  };

  CHECK(refused("203.0.113.9") == "refused guard=never_block entry=203.0.113.0/24");
  CHECK(refused("192.0.2.0/24") == "refused guard=administrators entry=192.0.2.7");
  CHECK(refused("198.51.100.10") == "refused guard=own_address entry=198.51.100.10");
  CHECK(refused("198.51.100.1") == "refused guard=gateway entry=198.51.100.1");
  CHECK(refused("198.51.100.99") == "refused guard=peer entry=198.51.100.99");
  CHECK(refused("::ffff:127.0.0.1") == "refused guard=loopback entry=127.0.0.0/8");
  CHECK(refused("198.51.0.0/16") == "refused guard=prefix entry=/24");
  CHECK(refused("2001:db8::/48") == "refused guard=prefix entry=/64");
  CHECK(refused("8.8.8.8 for=25h") == "refused guard=duration entry=1d");
  CHECK(world.blocked().empty());
}

TEST_CASE("a host that cannot be looked at has nobody new blocked") {
  EnforcerWorld world;
  world.host.is_refusing = true;
  CHECK(world.outcome("block action=a target=8.8.8.8") == "refused guard=host_unknown entry=-");
  world.host.is_refusing = false;
  CHECK(world.outcome("block action=a target=8.8.8.8") == "done");
}

TEST_CASE("a host that cannot be looked at any more has nobody new blocked in the rest of the batch") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=8.8.8.8") == "done");
  world.host.is_changed = true;
  world.host.is_refusing = true;
  CHECK_THAT(world.ask_in_batch("block action=b target=8.8.4.4"), Catch::Contains("guard=host_unknown"));
  world.host.is_changed = false;
  CHECK_THAT(world.ask_in_batch("block action=c target=8.8.4.4"), Catch::Contains("guard=host_unknown"));
}

TEST_CASE("a host that cannot be looked at is looked at once for a batch") {
  EnforcerWorld world;
  world.host.is_refusing = true;
  const int before = world.host.read_count;
  CHECK_THAT(world.ask("block action=a target=8.8.8.8"), Catch::Contains("guard=host_unknown"));
  CHECK_THAT(world.ask_in_batch("block action=b target=8.8.8.8"), Catch::Contains("guard=host_unknown"));
  CHECK(world.host.read_count == before + 1);
  world.host.is_refusing = false;
  CHECK(world.outcome("block action=b target=8.8.8.8") == "done");
}

TEST_CASE("the caps per minute and per hour let in so many and no more") {
  EnforcerWorld world("limits: {blocks_per_minute_max: 3, blocks_per_hour_max: 5}\n");
  CHECK(done_of(world, 10, "a") == 3);
  CHECK(world.outcome("block action=x target=8.8.8.8") == "refused guard=cap entry=blocks_per_minute_max:3");

  world.pass(seconds(61));
  CHECK(done_of(world, 2, "b") == 2);
  CHECK(world.outcome("block action=x target=8.8.8.8") == "refused guard=cap entry=blocks_per_hour_max:5");
}

TEST_CASE("neither a restart nor an unblock gives a cap back") {
  EnforcerWorld world("limits: {blocks_per_minute_max: 3}\n");
  CHECK(done_of(world, 3, "a") == 3);
  CHECK(world.outcome("unblock action=a1") == "done");
  world.restart();
  CHECK(world.outcome("block action=x target=8.8.8.8") == "refused guard=cap entry=blocks_per_minute_max:3");
}

TEST_CASE("the caps at a time count targets, and a target once") {
  EnforcerWorld world("limits: {blocks_per_minute_max: 100, blocks_max: 3, networks_max: 1}\n");
  CHECK(world.outcome("block action=n1 target=192.0.2.0/24") == "done");
  CHECK(world.outcome("block action=n2 target=203.0.113.0/24") == "refused guard=cap entry=networks_max:1");
  CHECK(done_of(world, 5, "a") == 2);
  CHECK(world.outcome("block action=x target=8.8.8.8") == "refused guard=cap entry=blocks_max:3");
  CHECK(world.outcome("block action=y target=198.51.0.1 for=1h") == "done");
  CHECK(world.outcome("unblock target=192.0.2.0/24") == "done");
  CHECK(world.outcome("block action=x target=8.8.8.8") == "done");
}

TEST_CASE("a storm of ten thousand requests is capped as configured") {
  EnforcerWorld world;
  int done = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string target = "8." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
                               std::to_string(i % 256);
    if (world.outcome("block action=a" + std::to_string(i) + " target=" + target) == "done") ++done;
  }
  CHECK(done == 20);
}

TEST_CASE("who goes on asking beyond the cap of an hour has nothing new blocked until root arms") {
  EnforcerWorld world("limits: {blocks_per_hour_max: 2}\n");
  CHECK(done_of(world, 2, "a") == 2);
  CHECK(world.outcome("block action=x target=8.8.8.8") == "refused guard=cap entry=blocks_per_hour_max:2");
  CHECK(world.outcome("block action=y target=8.8.8.8") == "refused guard=cap entry=blocks_per_hour_max:2");
  world.pass(std::chrono::hours(2));
  world.restart();
  CHECK(world.outcome("block action=z target=8.8.8.8") == "refused guard=disarmed entry=-");
  CHECK(world.ask("arm") == "done armed=yes");
  CHECK(world.outcome("block action=z target=8.8.8.8") == "done");
}

TEST_CASE("a breaker that trips lets nobody go") {
  EnforcerWorld world("limits: {blocks_per_hour_max: 1}\n");
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(done_of(world, 3, "b") == 0);
  world.restart();
  CHECK(world.blocked() == "192.0.2.1=900");
}

TEST_CASE("who was unblocked is left alone for the time that the policy says") {
  EnforcerWorld world("leave_alone: 2h\n");
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.1") == "done");
  CHECK(world.outcome("unblock action=a") == "done");
  CHECK(world.outcome("block action=c target=192.0.2.1") == "done");
  CHECK(world.outcome("unblock target=192.0.2.1") == "done");
  world.restart();
  CHECK(world.outcome("block action=d target=192.0.2.1") == "refused guard=left_alone entry=192.0.2.1");
  CHECK(world.outcome("block action=d target=192.0.2.0/24") == "refused guard=left_alone entry=192.0.2.1");
  CHECK_THAT(world.ask("list kind=left_alone"), Catch::StartsWith("done total=1\n192.0.2.1 until="));
  world.pass(std::chrono::hours(2));
  CHECK(world.outcome("block action=d target=192.0.2.1") == "done");
}

TEST_CASE("who takes back an action leaves nobody alone") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("unblock action=a") == "done");
  CHECK(world.ask("list kind=left_alone") == "done total=0");
  CHECK(world.outcome("block action=b target=192.0.2.1") == "done");
}

TEST_CASE("who is let go is left alone first of all, also where the kernel refuses") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.table.is_refusing = true;
  CHECK(world.outcome("unblock target=192.0.2.1") == "refused guard=kernel entry=-");
  const std::string state = *read_file(world.state_path(), 10'000);
  CHECK(state.find(" leave_alone 192.0.2.1 ") < state.find(" end a"));
  world.table.is_refusing = false;
  world.restart();
  CHECK(world.outcome("block action=b target=192.0.2.1") == "refused guard=left_alone entry=192.0.2.1");
}

TEST_CASE("who is not blocked is left alone too when somebody says unblock") {
  EnforcerWorld world;
  CHECK(world.ask("unblock target=192.0.2.1", 1000) == "done ended=0");
  CHECK(world.outcome("block action=a target=192.0.2.1") == "refused guard=left_alone entry=192.0.2.1");
  CHECK_THAT(world.ask("unblock target=10.0.0.0/8", 1000), Catch::Contains("guard=prefix entry=/24"));
  CHECK(world.outcome("block action=b target=10.0.0.1") == "done");
  CHECK(world.ask("unblock target=11.0.0.0/8") == "done ended=0");
  CHECK(world.outcome("block action=c target=11.0.0.1") == "refused guard=left_alone entry=11.0.0.0/8");
}

TEST_CASE("root may take back what is protected and left alone, and nobody else") {
  EnforcerWorld world;
  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK(world.outcome("protect target=192.0.2.0/24 until=" + until) == "done");
  CHECK_THAT(world.ask("list kind=protections"), Catch::StartsWith("done total=1\n192.0.2.0/24 until="));
  CHECK_THAT(world.ask("unprotect target=192.0.2.0/24", 1000), Catch::Contains("guard=asker entry=1000"));
  CHECK(world.outcome("unprotect target=192.0.2.0/24") == "done");
  world.restart();
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
}

TEST_CASE("only root protects networks that are wider than what may be blocked") {
  EnforcerWorld world;
  const std::string until = " until=" + format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK_THAT(world.ask("protect target=0.0.0.0/0" + until, 1000), Catch::Contains("guard=prefix entry=/24"));
  CHECK_THAT(world.ask("protect target=192.0.2.0/24" + until, 1000), Catch::StartsWith("done"));
  CHECK_THAT(world.ask("protect target=10.0.0.0/8" + until), Catch::StartsWith("done"));
}

TEST_CASE("a policy that allows less takes back what it does not allow") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.0/24") == "done");
  CHECK(world.outcome("block action=b target=198.51.100.1 for=10h") == "done");
  CHECK(world.outcome("block action=c target=198.51.100.1 for=30m") == "done");
  CHECK(world.outcome("block action=d target=198.51.100.2 for=1h") == "done");
  world.adopt("limits: {ipv4_prefix_min: 28, duration_max: 1h}\n");
  CHECK(world.blocked() == "198.51.100.1=1800 198.51.100.2=3600");
}

TEST_CASE("networks that share addresses are not blocked beside each other") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.0/24") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.128/25") == "refused guard=overlap entry=192.0.2.0/24");
  CHECK(world.outcome("block action=c target=192.0.2.128") == "done");
}

TEST_CASE("a protection needs an end that is near, and there are not many") {
  EnforcerWorld world("limits: {protection_duration_max: 1h, protections_max: 2}\n");
  const auto protect = [&](const std::string& target, std::int64_t in_seconds) {
    const Timestamp until{world.clock.wall().microseconds + in_seconds * 1'000'000};
    return world.outcome("protect target=" + target + " until=" + format_time(until));
  };
  CHECK(protect("8.8.8.8", 0) == "refused guard=duration entry=0s");
  CHECK(protect("8.8.8.8", 3601) == "refused guard=duration entry=1h");
  CHECK(protect("8.8.8.8", 60) == "done");
  CHECK(protect("8.8.4.4", 3600) == "done");
  CHECK(protect("8.8.8.8", 90) == "done");
  CHECK(protect("9.9.9.9", 60) == "refused guard=cap entry=protections_max:2");
  CHECK(world.outcome("block action=a target=8.8.8.8") == "refused guard=protected entry=8.8.8.8");
  world.pass(seconds(91));
  CHECK(world.outcome("block action=a target=8.8.8.8") == "done");
}

}  // namespace
}  // namespace alarum::enforcer

#include "tests/unit/daemon/enforcer/enforcer_world.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

namespace alarum::enforcer {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::EnforcerWorld;

/// No file grows beyond `bytes` while this lives.
class FullDisk {
 public:
  explicit FullDisk(std::size_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("a block lasts as long as it was asked for, a quarter of an hour unless it was said") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=b target=2001:db8::1 for=60s") == "done");
  CHECK(world.blocked() == "192.0.2.1=900 2001:db8::1=60");

  world.pass(seconds(60));
  CHECK(world.blocked() == "192.0.2.1=840");
}

TEST_CASE("the same action is done once, however often it is asked for") {
  EnforcerWorld world;
  const std::string first = world.ask("block action=a target=192.0.2.1");
  world.pass(seconds(10));
  const std::string second = world.ask("block action=a target=::ffff:192.0.2.1 for=1h");

  CHECK_THAT(first, Catch::EndsWith("state=active repeated=no"));
  CHECK_THAT(second, Catch::EndsWith("state=active repeated=yes"));
  CHECK(world.blocked() == "192.0.2.1=890");
  CHECK(world.outcome("block action=a target=192.0.2.2") == "refused guard=action entry=192.0.2.1");
}

TEST_CASE("an action that ended does not begin again when it is sent again") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=60s") == "done");
  world.pass(seconds(61));
  world.restart();
  CHECK_THAT(world.ask("block action=a target=192.0.2.1 for=60s"),
             Catch::EndsWith("state=ended repeated=yes"));
  CHECK(world.blocked().empty());
}

TEST_CASE("of several actions on a target each can be undone alone") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.1 for=5m") == "done");
  CHECK(world.blocked() == "192.0.2.1=600");
  CHECK(world.ask("unblock action=a") == "done ended=1");
  CHECK(world.blocked() == "192.0.2.1=300");
  CHECK(world.ask("unblock target=192.0.2.1") == "done ended=1");
  CHECK(world.blocked().empty());
  CHECK(world.ask("unblock action=a") == "done ended=0");
}

TEST_CASE("a disk that is full and a kernel that refuses do not keep it from starting") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.stop();
  CHECK(world.table.drop());
  world.table.is_refusing = true;
  {
    const FullDisk full(1);
    world.restart();
    CHECK_THAT(world.ask("status"), Catch::Contains("blocks=1") && Catch::Contains("table=broken"));
    CHECK(world.outcome("block action=b target=192.0.2.2") == "refused guard=state entry=-");
  }
  world.table.is_refusing = false;
  world.pass(seconds(1));
  CHECK_THAT(world.ask("status"), Catch::Contains("table=sound"));
  CHECK(world.outcome("block action=b target=192.0.2.2") == "done");
}

TEST_CASE("what the kernel tells counts at once, long before the table is compared again") {
  EnforcerWorld world("reconcile_interval: 1h\n");
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.2") == "done");
  world.host.addresses.own = {*IpNetwork::parse("192.0.2.1")};
  world.host.is_changed = true;
  world.watch();
  CHECK(world.blocked() == "192.0.2.2=900");

  world.clock.pass(seconds(1));
  world.table.ends.clear();
  world.table.is_touched = true;
  world.watch();
  CHECK(world.blocked() == "192.0.2.2=899");
}

TEST_CASE("routes that change all the time are read a few times a second") {
  EnforcerWorld world;
  const int before = world.host.read_count;
  for (int i = 0; i < 100; ++i) {
    world.host.is_changed = true;
    world.clock.pass(std::chrono::milliseconds(10));
    world.watch();
  }
  CHECK(world.host.read_count == before + 5);
  CHECK(world.host.is_changed);
}

TEST_CASE("a change of the host within a batch of requests counts for the rest of it") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.host.addresses.own = {*IpNetwork::parse("192.0.2.2")};
  world.host.is_changed = true;
  CHECK_THAT(world.ask_in_batch("block action=b target=192.0.2.2"), Catch::Contains("guard=own_address"));
}

TEST_CASE("a kernel that does not tell of UDP sockets is one of which the status says so") {
  EnforcerWorld world;
  CHECK_THAT(world.ask("status"), Catch::EndsWith("udp_peers=known"));
  world.host.addresses.has_udp_peers = false;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK_THAT(world.ask("status"), Catch::EndsWith("udp_peers=unknown"));
}

TEST_CASE("what somebody else changes in the kernel is noticed, counted and mended") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1 for=10m") == "done");
  world.table.ends.clear();
  world.table.ends[*IpNetwork::parse("8.8.8.8")] = world.clock.steady() + hours(1);
  world.pass(seconds(60));
  CHECK(world.blocked() == "192.0.2.1=540");
  CHECK_THAT(world.ask("status"), Catch::Contains("drift=2"));

  world.table.is_intact = false;
  world.pass(seconds(60));
  CHECK(world.table.is_intact);
  CHECK(world.blocked() == "192.0.2.1=480");
}

TEST_CASE("a protection added later takes back blocks, now and after a restart") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=b target=198.51.100.1") == "done");
  CHECK(world.outcome("block action=c target=203.0.113.1") == "done");

  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK_THAT(world.ask("protect target=192.0.2.0/24 until=" + until), Catch::EndsWith("revoked=1"));
  CHECK(world.blocked() == "198.51.100.1=900 203.0.113.1=900");
  world.adopt("never_block: [198.51.100.0/24]\n");
  CHECK(world.blocked() == "203.0.113.1=900");
  world.restart();
  CHECK(world.blocked() == "203.0.113.1=900");
  CHECK(world.outcome("block action=d target=192.0.2.1") == "refused guard=protected entry=192.0.2.0/24");
}

TEST_CASE("an address that becomes the host's own is let go, a peer's is not") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.2") == "done");
  world.host.addresses.gateways = {*IpNetwork::parse("192.0.2.1")};
  world.host.addresses.peers = {*IpNetwork::parse("192.0.2.2")};
  world.pass(seconds(60));
  CHECK(world.blocked() == "192.0.2.2=840");
}

TEST_CASE("after a panic nothing is blocked until root says so") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  CHECK(world.ask("panic", 1000) == "done armed=no");
  CHECK(world.blocked().empty());
  CHECK(world.outcome("block action=b target=192.0.2.2") == "refused guard=disarmed entry=-");
  world.restart();
  world.pass(seconds(60));
  CHECK(world.blocked().empty());
  CHECK_THAT(world.ask("arm", 1000), Catch::Contains("guard=asker entry=1000"));
  CHECK(world.ask("arm") == "done armed=yes");
  CHECK(world.outcome("block action=b target=192.0.2.2") == "done");
}

TEST_CASE("what does not reach the kernel is not done, and may be asked for again") {
  EnforcerWorld world;
  world.table.is_refusing = true;
  CHECK_THAT(world.ask("block action=a target=192.0.2.1"),
             Catch::Contains("guard=kernel entry=- why=Operation not permitted"));
  CHECK_THAT(world.ask("status"), Catch::Contains("blocks=0") && Catch::Contains("table=broken"));
  world.table.is_refusing = false;
  CHECK_THAT(world.ask("block action=a target=192.0.2.1"), Catch::EndsWith("repeated=no"));
}

TEST_CASE("what cannot be written down is not done, and spoils nothing") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  {
    const FullDisk full(std::filesystem::file_size(world.state_path()) + 2);
    CHECK(world.outcome("block action=b target=192.0.2.2") == "refused guard=state entry=-");
    CHECK(world.outcome("panic") == "refused guard=state entry=-");
    CHECK(world.blocked().empty());
  }
  CHECK(world.ask("arm") == "done armed=yes");
  CHECK(world.outcome("block action=b target=192.0.2.2") == "done");
  world.restart();
  CHECK(world.blocked() == "192.0.2.2=900");
}

TEST_CASE("an action that is sent again is shown to the kernel again") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.table.ends.clear();
  world.table.is_refusing = true;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "refused guard=kernel entry=-");
  world.table.is_refusing = false;
  CHECK_THAT(world.ask("block action=a target=192.0.2.1"), Catch::EndsWith("repeated=yes"));
  CHECK(world.blocked() == "192.0.2.1=900");
}

TEST_CASE("a protection is not done while the kernel goes on blocking, however often it is asked for") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.table.is_refusing = true;
  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "refused guard=kernel entry=-");
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "refused guard=kernel entry=-");
  world.table.is_refusing = false;
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  CHECK(world.blocked().empty());
}

TEST_CASE("nobody is let go while the kernel goes on blocking, however often it is asked for") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.1") == "done");
  world.table.is_refusing = true;
  CHECK(world.outcome("unblock target=192.0.2.1") == "refused guard=kernel entry=-");
  CHECK(world.outcome("unblock target=192.0.2.1") == "refused guard=kernel entry=-");
  CHECK(world.outcome("unblock action=a") == "refused guard=kernel entry=-");
  world.table.is_refusing = false;
  CHECK(world.ask("unblock action=a") == "done ended=0");
  CHECK(world.blocked().empty());
}

TEST_CASE("who is let go and still blocked by a network hears so") {
  EnforcerWorld world;
  CHECK(world.outcome("block action=a target=192.0.2.0/24") == "done");
  CHECK(world.outcome("block action=b target=192.0.2.1") == "done");
  CHECK(world.ask("unblock target=192.0.2.1") == "done ended=1 held_by=192.0.2.0/24");
  CHECK(world.ask("unblock target=192.0.2.1") == "done ended=0 held_by=192.0.2.0/24");
  CHECK(world.ask("unblock target=192.0.2.0/24") == "done ended=1");
}

TEST_CASE("what says nothing new is not written") {
  EnforcerWorld world;
  const std::string until = format_time({world.clock.wall().microseconds + 60'000'000});
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  CHECK(world.outcome("panic") == "done");
  const auto before = std::filesystem::file_size(world.state_path());
  CHECK(world.outcome("protect target=192.0.2.1 until=" + until) == "done");
  CHECK(world.outcome("panic") == "done");
  CHECK(std::filesystem::file_size(world.state_path()) == before);
}

TEST_CASE("a list comes in pages") {
  EnforcerWorld world("limits: {blocks_per_minute_max: 100}\n");
  for (int i = 1; i <= 45; ++i) {
    const std::string number = std::to_string(i);
    CHECK(world.outcome("block action=a" + number + " target=192.0.2." + number) == "done");
  }
  std::size_t found = 0;
  std::string request = "list";
  while (!request.empty()) {
    const std::string answer = world.ask(request);
    CHECK(answer.size() <= request_bytes_max);
    found += static_cast<std::size_t>(std::count(answer.begin(), answer.end(), '\n'));
    const std::size_t next = answer.find(" next=");
    request = next == std::string::npos
                  ? ""
                  : "list after=" + answer.substr(next + 6, answer.find('\n') - next - 6);
  }
  CHECK(found == 45);
}

TEST_CASE("the state does not grow with what is over") {
  EnforcerWorld world(
      "leave_alone: 0s\nlimits: {blocks_per_minute_max: 100000, blocks_per_hour_max: 100000}\n");
  for (int i = 0; i < 600; ++i) {
    CHECK(world.outcome("block action=a" + std::to_string(i) + " target=192.0.2.1 for=1s") == "done");
    CHECK(world.outcome("unblock target=192.0.2.1") == "done");
  }
  const auto before = std::filesystem::file_size(world.state_path());
  world.pass(hours(25));
  world.pass(seconds(1));
  CHECK(before > 30'000);
  CHECK(std::filesystem::file_size(world.state_path()) < 100);
}

}  // namespace
}  // namespace alarum::enforcer

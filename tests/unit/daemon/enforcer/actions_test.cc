#include "daemon/enforcer/actions.h"

#include <catch2/catch.hpp>

namespace alarum::enforcer {
namespace {

Timestamp at(std::int64_t second) { return {second * 1'000'000}; }

Action action(const std::string& id, std::string_view target, std::int64_t made, std::int64_t expires) {
  return {.id = id, .target = *IpNetwork::parse(target), .made = at(made), .expires = at(expires)};
}

const IpNetwork host = *IpNetwork::parse("192.0.2.1");

TEST_CASE("a target is blocked until its last action ends") {
  Actions actions;
  actions.add(action("a", "192.0.2.1", 0, 60));
  actions.add(action("b", "192.0.2.1", 10, 90));
  CHECK(actions.expires(host) == at(90));
  CHECK(actions.target_count() == 1);

  actions.end("b");
  CHECK(actions.expires(host) == at(60));
  actions.expire(at(60));
  CHECK_FALSE(actions.expires(host));
  CHECK(actions.find("b")->is_ended);
}

TEST_CASE("an ended action is remembered for a day, and counts as made") {
  Actions actions;
  actions.add(action("a", "192.0.2.1", 0, 60));
  actions.expire(at(60));
  CHECK(actions.made_after(at(-1)) == 1);
  CHECK(actions.made_after(at(0)) == 0);

  actions.expire(at(60 + 86'399));
  CHECK(actions.find("a") != nullptr);
  actions.expire(at(60 + 86'400));
  CHECK(actions.find("a") == nullptr);
}

TEST_CASE("an action that did not reach the kernel has never been") {
  Actions actions;
  actions.add(action("a", "198.51.100.0/24", 0, 60));
  actions.forget("a");
  CHECK(actions.find("a") == nullptr);
  CHECK(actions.target_count() == 0);
  CHECK(actions.network_count() == 0);
  CHECK(actions.made_after(at(-1)) == 0);
}

TEST_CASE("networks that share addresses are seen, single addresses are not in their way") {
  Actions actions;
  actions.add(action("a", "198.51.100.0/24", 0, 60));
  actions.add(action("b", "203.0.113.1", 0, 60));
  CHECK(actions.network_count() == 1);
  CHECK(actions.other_network_on(*IpNetwork::parse("198.51.100.0/25")) ==
        IpNetwork::parse("198.51.100.0/24"));
  CHECK_FALSE(actions.other_network_on(*IpNetwork::parse("198.51.100.0/24")));
  CHECK_FALSE(actions.other_network_on(*IpNetwork::parse("198.51.100.7")));
  CHECK_FALSE(actions.other_network_on(*IpNetwork::parse("203.0.113.0/24")));
}

TEST_CASE("when the clock is set everything moves with it") {
  Actions actions;
  actions.add(action("a", "192.0.2.1", 0, 60));
  actions.shift(std::chrono::seconds(1000));
  CHECK(actions.expires(host) == at(1060));
  CHECK(actions.made_after(at(999)) == 1);
  CHECK(actions.target_count() == 1);
}

TEST_CASE("moving in time keeps the order of ends, and what is over stays so") {
  Actions actions;
  actions.add(action("a", "192.0.2.1", 0, 60));
  actions.add(action("b", "192.0.2.2", 1, 30));
  actions.add(action("c", "192.0.2.3", 2, 90));
  actions.end("c");
  actions.shift(std::chrono::seconds(-1000));
  actions.expire(at(-969));
  CHECK(actions.find("a")->is_ended == false);
  CHECK(actions.find("b")->is_ended);
  CHECK(actions.active_count() == 1);
  actions.expire(at(30 + 86'400 - 1000));
  CHECK(actions.find("b") == nullptr);
  CHECK(actions.made_after(at(-1000)) == 1);
}

}  // namespace
}  // namespace alarum::enforcer

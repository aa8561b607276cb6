#include "daemon/base/connected_peers.h"

#include "tests/unit/support/still_clock.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::StillClock;

IpAddress address(const std::string& text) { return *IpAddress::parse(text); }

std::vector<std::string> names(ConnectedPeers& peers) {
  std::vector<std::string> out;
  for (const ConnectedPeers::Peer& peer : peers.recent()) out.push_back(peer.address.to_text());
  return out;
}

void pass(StillClock& clock, Duration time) { clock.time.microseconds += time.count(); }

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("whom we connected to is known for an hour") {
  StillClock clock;
  ConnectedPeers peers(clock);
  peers.note(address("192.0.2.1"));
  pass(clock, std::chrono::minutes(30));
  peers.note(address("2001:db8::1"));
  CHECK(names(peers) == Names{"192.0.2.1", "2001:db8::1"});
  pass(clock, std::chrono::minutes(30));
  CHECK(names(peers) == Names{"2001:db8::1"});
  peers.note(address("192.0.2.1"));
  CHECK(peers.recent().front().seen == clock.time);
}

TEST_CASE("a connection counts for as long as it is open, and an hour behind that") {
  StillClock clock;
  ConnectedPeers peers(clock);
  peers.open(7, address("192.0.2.1"));
  pass(clock, std::chrono::hours(48));
  CHECK(names(peers) == Names{"192.0.2.1"});
  peers.close(7);
  peers.close(8);
  pass(clock, std::chrono::minutes(59));
  CHECK(names(peers) == Names{"192.0.2.1"});
  pass(clock, std::chrono::minutes(1));
  CHECK(names(peers).empty());
}

TEST_CASE("of too many peers those that were seen longest ago are forgotten") {
  StillClock clock;
  ConnectedPeers peers(clock);
  for (unsigned i = 0; i < ConnectedPeers::peers_max + 2; ++i) {
    peers.note(address("10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    pass(clock, std::chrono::seconds(1));
  }
  CHECK(peers.recent().size() == ConnectedPeers::peers_max);
  CHECK(names(peers).front() == "10.0.0.2");
}

TEST_CASE("what no host may lose is no peer, it is protected anyway") {
  StillClock clock;
  ConnectedPeers peers(clock);
  for (const char* const text : {"127.0.0.1", "::1", "169.254.0.1", "fe80::1"}) peers.note(address(text));
  CHECK(peers.recent().empty());
}

TEST_CASE("name servers are read where resolv.conf names them, and nothing else of it") {
  const std::vector<IpAddress> found = nameservers_in(
      "# nameserver 192.0.2.9\nnameserver 192.0.2.1\n\tnameserver\t2001:db8::1 # ours\r\nsearch example.org\n"
      "nameserver fe80::1%eth0\nnameserver\nnameservers 192.0.2.8\nnameserver  192.0.2.2");
  CHECK(found == std::vector{address("192.0.2.1"), address("2001:db8::1"), address("192.0.2.2")});
  CHECK(nameservers_in("").empty());
}

}  // namespace alarum

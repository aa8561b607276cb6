#include "responders/nftables_responder.h"

#include "tests/unit/responders/responder_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::plain_action;
using test::ResponderWorld;
using test::SocketStandIn;

const std::string id = "fedcba9876543210fedcba9876543210";
const std::string blocked =
    "done action=" + id + " target=192.0.2.1 until=2026-01-02T03:19:05.000000Z state=active repeated=no";

std::string entry_of(const SocketStandIn& enforcer, const std::string& timeout = "5s") {
  return "kind: nftables, socket: " + enforcer.path() + ", timeout: " + timeout;
}

/// Actions with the ids `000…`, `111…` and so on.
std::vector<Action> numbered_actions(std::size_t count) {
  std::vector<Action> out(count, plain_action());
  for (std::size_t i = 0; i < count; ++i)
    out[i].notice.action_id = std::string(32, static_cast<char>('0' + i));
  return out;
}

/// The answer to one of them.
std::string done(char digit) {
  return frame("done action=" + std::string(32, digit) +
               " target=192.0.2.1 until=2026-01-02T03:19:05Z state=active repeated=no");
}

/// What becomes of one block that is answered so.
ActionResult answered(const std::vector<std::string>& replies, const std::string& timeout = "5s") {
  const SocketStandIn enforcer(replies);
  return ResponderWorld(entry_of(enforcer, timeout)).act(plain_action());
}

}  // namespace

TEST_CASE("a block is one line to the enforcer, and done when that says until when") {
  SocketStandIn enforcer({frame(blocked)});
  ResponderWorld world(entry_of(enforcer));
  const ActionResult result = world.act(plain_action());

  CHECK(result.verdict == ActionVerdict::done);
  CHECK(result.why.empty());
  CHECK(result.until == parse_time("2026-01-02T03:19:05Z"));
  CHECK(enforcer.requests() == std::vector<std::string>{"block action=" + id + " target=192.0.2.1 for=15m"});
  CHECK(world.delivery() == DeliveryClass::declarative);
}

TEST_CASE("a block that the enforcer did before is done, too, unless it was let go since") {
  std::string repeated = blocked;
  repeated.replace(repeated.find("active repeated=no"), 18, "active repeated=yes");
  CHECK(answered({frame(repeated)}).verdict == ActionVerdict::done);
  repeated.replace(repeated.find("active"), 6, "ended");
  const ActionResult ended = answered({frame(repeated)});
  CHECK(ended.verdict == ActionVerdict::failed);
  CHECK(ended.why == "it was made, and somebody has let it go since");
  CHECK_FALSE(ended.has_refused);
}

TEST_CASE("a block that is longer than the enforcer grants is asked for as long as that") {
  SocketStandIn enforcer({frame("refused guard=duration entry=10m why=longer"), frame(blocked),
                          frame("refused guard=duration entry=1d why=longer")});
  ResponderWorld world(entry_of(enforcer));
  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(enforcer.requests().back() == "block action=" + id + " target=192.0.2.1 for=10m");
  CHECK(world.act(plain_action()).has_refused);
  CHECK(enforcer.requests().size() == 3);
}

TEST_CASE("one connection serves many blocks, and a broken one is made anew once") {
  SocketStandIn enforcer({frame(blocked), frame(blocked), SocketStandIn::hang_up, frame(blocked),
                          SocketStandIn::hang_up, SocketStandIn::hang_up});
  ResponderWorld world(entry_of(enforcer));

  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(enforcer.connections() == 1);
  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(enforcer.connections() == 2);
  CHECK(world.act(plain_action()).why == "the enforcer hung up");
  CHECK(enforcer.requests().size() == 6);
}

TEST_CASE("several blocks are asked for before the first is answered, and each has its own end") {
  SocketStandIn enforcer({done('0'), SocketStandIn::hang_up, done('0'), done('1'), ""});
  ResponderWorld world(entry_of(enforcer, "300ms"));
  std::vector<Action> actions = numbered_actions(4);
  actions[2].target = "no address";

  REQUIRE(world.act(actions[0]).verdict == ActionVerdict::done);  // so that the connection is open
  const auto results = world.responder().act_together(actions, {});
  REQUIRE(results.size() == 4);
  CHECK(results[0].verdict == ActionVerdict::done);
  CHECK(results[1].verdict == ActionVerdict::done);
  CHECK(results[2].why == "'no address' is no address");
  CHECK(results[3].verdict == ActionVerdict::in_doubt);
  CHECK(results[3].why == "the enforcer does not answer in time");
  CHECK(enforcer.connections() == 2);
  CHECK(enforcer.most_at_once() == 3);
}

TEST_CASE("an enforcer that is slow with each of several blocks is waited for") {
  const std::string pause = SocketStandIn::pause;
  SocketStandIn enforcer({pause + done('0'), pause + done('1'), pause + done('2')});
  ResponderWorld world(entry_of(enforcer, "1s"));  // less than all of them take

  for (const ActionResult& result : world.responder().act_together(numbered_actions(3), {}))
    CHECK(result.verdict == ActionVerdict::done);
}

TEST_CASE("who may not ask is told so once, for all that was asked") {
  SocketStandIn enforcer({frame("refused guard=asker entry=1000 why=the policy does not let this user ask") +
                          SocketStandIn::hang_up});
  ResponderWorld world(entry_of(enforcer));
  const std::vector<Action> actions = numbered_actions(3);

  for (const ActionResult& result : world.responder().act_together(actions, {})) {
    CHECK(result.verdict == ActionVerdict::failed);
    CHECK(result.has_refused);
  }
  CHECK(enforcer.connections() == 1);
}

TEST_CASE("an enforcer that hangs is left after the timeout, which leaves the block in doubt") {
  const auto begun = std::chrono::steady_clock::now();
  const ActionResult result = answered({"", frame(blocked)}, "200ms");
  const auto took = std::chrono::steady_clock::now() - begun;

  CHECK(result.verdict == ActionVerdict::in_doubt);
  CHECK(result.why == "the enforcer does not answer in time");
  CHECK(took >= std::chrono::milliseconds(200));
  CHECK(took < std::chrono::seconds(5));
}

TEST_CASE("nothing is concluded from an answer of the enforcer that is none") {
  const std::string other_id = "done action=0 target=192.0.2.1 until=2026-01-02T03:19:05Z state=active";
  const std::string other_target =
      "done action=" + id + " target=192.0.2.2 until=2026-01-02T03:19:05Z state=active";
  for (const std::string& text :
       {std::string("done"), std::string("\x1B[2J"), std::string("done action=" + id), other_id, other_target,
        std::string("refused"), blocked + " ", blocked + " x"}) {
    CAPTURE(text);
    CHECK(answered({frame(text)}).verdict == ActionVerdict::in_doubt);
    CHECK(answered({frame(text)}).why == "the enforcer's answer is not what was asked for");
  }
}

TEST_CASE("what an enforcer did that breaks off, lies about lengths or says too much is in doubt") {
  for (const std::string& reply :
       {frame(blocked).substr(0, 30) + SocketStandIn::hang_up, SocketStandIn::hang_up,
        std::string("\xFF\xFF\xFF\xFFgarbage"), std::string("\0\0\0\0", 4), frame(blocked) + "x"}) {
    const ActionResult result = answered({reply});
    CHECK(result.verdict == ActionVerdict::in_doubt);
    CHECK_FALSE(result.why.empty());
  }
}

TEST_CASE("a guard of the enforcer refuses for good, what could not be written may be asked again") {
  const ActionResult refused =
      answered({frame("refused guard=never_block entry=192.0.2.0/24 why=it is never blocked")});
  CHECK(refused.verdict == ActionVerdict::failed);
  CHECK(refused.has_refused);
  CHECK(refused.why == "the enforcer refuses: never_block (192.0.2.0/24): it is never blocked");

  const ActionResult kernel = answered({frame("refused guard=kernel entry=- why=busy \x1B[2J")});
  CHECK(kernel.verdict == ActionVerdict::not_done);
  CHECK_FALSE(kernel.has_refused);
  CHECK(kernel.why == "the enforcer refuses: kernel: busy \\u{001B}[2J");
}

TEST_CASE("a block that is one too many within a minute waits, other caps refuse it for good") {
  const ActionResult minute =
      answered({frame("refused guard=cap entry=blocks_per_minute_max:20 why=the cap is reached")});
  CHECK(minute.verdict == ActionVerdict::not_done);
  CHECK(minute.is_busy);
  CHECK(minute.wait == std::optional<Duration>(std::chrono::seconds(20)));

  const ActionResult hour =
      answered({frame("refused guard=cap entry=blocks_per_hour_max:200 why=the cap is reached")});
  CHECK(hour.verdict == ActionVerdict::failed);
  CHECK(hour.has_refused);
}

TEST_CASE("the enforcer is told whom not to block, and nothing else counts as heard") {
  SocketStandIn enforcer({frame("done target=192.0.2.0/24 until=2026-01-02T04:00:00Z revoked=1"),
                          frame("done ended=0"), frame("done target=192.0.2.9 until= revoked=1"),
                          frame("refused guard=cap entry=protections_max:1000 why=the cap is reached")});
  ResponderWorld world(entry_of(enforcer));
  const auto network = *IpNetwork::parse("192.0.2.0/24");
  const NotToBlock allowed{network, true, *parse_time("2026-01-02T04:00:00Z")};
  CHECK(world.responder().let_go(allowed, {}).verdict == ActionVerdict::done);
  CHECK(world.responder().let_go({network, false, {}}, {}).verdict == ActionVerdict::done);
  CHECK(world.responder().let_go(allowed, {}).verdict == ActionVerdict::in_doubt);
  CHECK(world.responder().let_go(allowed, {}).verdict == ActionVerdict::failed);
  CHECK(enforcer.requests().at(0) == "protect target=192.0.2.0/24 until=2026-01-02T04:00:00.000000Z");
  CHECK(enforcer.requests().at(1) == "unblock target=192.0.2.0/24");
}

TEST_CASE("nothing that is no address or has no end reaches the enforcer") {
  SocketStandIn enforcer({});
  ResponderWorld world(entry_of(enforcer, "200ms"));
  Action action = plain_action();
  std::vector<std::string> targets(test::hostile_texts.begin(), test::hostile_texts.end());
  targets.insert(targets.end(), {"", "192.0.2.1 for=1h", "192.0.2.1\nunblock target=::/0", "fe80::1%eth0",
                                 std::string(1U << 20U, '1')});
  for (const std::string& target : targets) {
    action.target = target;
    CHECK(world.act(action).verdict == ActionVerdict::failed);
    CHECK(world.act(action).why.size() < 2000);
  }
  action = plain_action();
  action.lasts = Duration(999);
  CHECK(world.act(action).why == "no time is left for which it would be blocked");
  action.lasts.reset();
  CHECK(world.act(action).verdict == ActionVerdict::failed);
  CHECK(enforcer.requests().empty());
}

TEST_CASE("a block is taken back by its action, and how the enforcer is can be asked") {
  SocketStandIn enforcer({frame("done ended=1"), frame("done ended=1 held_by=192.0.2.0/24"),
                          frame("done armed=yes blocks=3 table=sound"),
                          frame("done armed=no blocks=0 table=sound")});
  ResponderWorld world(entry_of(enforcer));

  CHECK(world.responder().undo(plain_action(), {}).verdict == ActionVerdict::done);
  CHECK(world.responder().undo(plain_action(), {}).why == "it is blocked still, by 192.0.2.0/24");
  CHECK(world.responder().test({}).verdict == ActionVerdict::done);
  CHECK(world.responder().test({}).verdict == ActionVerdict::failed);
  CHECK(enforcer.requests().front() == "unblock action=" + id);
}

TEST_CASE("a stop ends the wait for the enforcer, and says that nobody knows") {
  SocketStandIn enforcer({});
  ResponderWorld world(entry_of(enforcer, "1m"));
  std::stop_source stop;
  const std::jthread stopper([&] {
    while (enforcer.requests().empty()) std::this_thread::yield();
    stop.request_stop();
  });

  const ActionResult result = world.responder().act(plain_action(), stop.get_token());
  CHECK(result.verdict == ActionVerdict::in_doubt);
  CHECK(result.why == "stopped before the enforcer answered");
}

TEST_CASE("where no enforcer listens nothing is done") {
  const ActionResult result =
      ResponderWorld("kind: nftables, socket: /nowhere/enforcer.sock").act(plain_action());
  CHECK(result.verdict == ActionVerdict::not_done);
  CHECK(result.why ==
        "cannot connect to /nowhere/enforcer.sock: No such file or directory; is "
        "alarum-enforcer.socket started, and may you ask it?");
}

}  // namespace alarum

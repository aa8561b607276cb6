#include "responders/run_responder.h"

#include "daemon/base/json_node.h"
#include "tests/unit/responders/responder_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::plain_action;
using test::ResponderWorld;
using test::SocketStandIn;

const std::string id = "fedcba9876543210fedcba9876543210";

std::string entry_of(const SocketStandIn& runner) {
  return "kind: run, timeout: 5s, socket: " + runner.path();
}

std::string ended(const std::string& outcome, const std::string& out = "", const std::string& error = "") {
  return frame("ended action=" + id + " repeated=no outcome=" + outcome +
               " milliseconds=5 killed=0 stdout=" + std::to_string(out.size()) +
               " stdout_lost=0 stderr=" + std::to_string(error.size()) + " stderr_lost=0\n" + out + error);
}

ActionResult answered(const std::string& reply) {
  const SocketStandIn runner({reply});
  return ResponderWorld(entry_of(runner)).act(plain_action());
}

Action doubtful_action() {
  Action out = plain_action();
  out.attempt = 2;
  out.may_be_done = true;
  return out;
}

}  // namespace

TEST_CASE("a script is asked for by a line, with the event behind it") {
  SocketStandIn runner({ended("exited code=0 signal=0")});
  ResponderWorld world(entry_of(runner));

  CHECK(world.act(plain_action()).verdict == ActionVerdict::done);
  CHECK(runner.requests() ==
        std::vector<std::string>{"run action=" + id + " until=2026-01-02T03:10:00.000000Z\n" +
                                 run_event(plain_action())});
  CHECK(world.delivery() == DeliveryClass::keyed);
  CHECK(ResponderWorld("kind: run, class: declarative").delivery() == DeliveryClass::declarative);
}

TEST_CASE("the event of a script holds hostile texts as data, and the alert byte for byte") {
  Action action = plain_action();
  action.alert_json = R"({"schema":"alarum.alert/1","alert_id":"a"})";
  CHECK(run_event(action).ends_with(R"(,"alert":{"schema":"alarum.alert/1","alert_id":"a"}})"));
  CHECK(run_event(action).starts_with(R"({"schema":"alarum.action/1","action_id":")" + id +
                                      R"(","target":{"type":"source.ip","value":"192.0.2.1"},"notice":{)"));
  for (const std::string& text : test::hostile_texts) {
    action.target = text;
    action.notice = test::notice_with(text);
    const auto root = parse_json(run_event(action), {});
    REQUIRE(root.has_value());
    if (text.find('\xFF') == std::string::npos) CHECK(root->find("target")->text_of("value") == text);
  }
  action.target = std::string(1U << 20U, 'x');
  CHECK(parse_json(run_event(action), {.bytes_max = 4U << 20U})->find("target")->text_of("value").size() ==
        1U << 20U);
}

TEST_CASE("how a script ended is told, with one line of what it wrote") {
  const ActionResult failed = answered(ended("exited code=3 signal=0", "out\n", "no \x1B[2J$(x)\nsecond\n"));
  CHECK(failed.verdict == ActionVerdict::failed);
  CHECK(failed.why == "the script ended with code 3: no \\u{001B}[2J$(x)");
  CHECK(answered(ended("exited code=3 signal=0", "out\n")).why == "the script ended with code 3: out");
  CHECK(answered(ended("signaled code=0 signal=11")).why == "the script was ended by signal 11");
  CHECK(answered(ended("timeout code=0 signal=15")).verdict == ActionVerdict::failed);
  CHECK(answered(ended("stopped code=0 signal=15")).verdict == ActionVerdict::failed);
  CHECK(answered(ended("not_started code=2 signal=0")).verdict == ActionVerdict::not_done);
  CHECK(answered(ended("exited code=1 signal=0", std::string(1U << 20U, 'x'))).why.size() < 300);
}

TEST_CASE("a run that was begun and is not known to have ended is in doubt") {
  const ActionResult result =
      answered(frame("in_doubt action=" + id + " repeated=yes started=2026-01-02T03:04:05Z"));
  CHECK(result.verdict == ActionVerdict::in_doubt);
  CHECK(result.why == "the script was begun at 2026-01-02T03:04:05Z, and nobody knows how it ended");
  CHECK(answered(SocketStandIn::hang_up).verdict == ActionVerdict::in_doubt);
  CHECK(answered(frame("garbage")).verdict == ActionVerdict::in_doubt);
  CHECK(answered(frame("ended action=other outcome=exited code=0")).verdict == ActionVerdict::in_doubt);
}

TEST_CASE("a runner that is busy is asked again, one that judged against it is not") {
  CHECK(answered(frame("refused guard=busy entry=2 why=wait")).verdict == ActionVerdict::not_done);
  const ActionResult cap = answered(frame("refused guard=cap entry=60 why=too many"));
  CHECK(cap.verdict == ActionVerdict::failed);
  CHECK(cap.has_refused);
  CHECK(cap.why == "the runner refuses: cap (60): too many");
}

TEST_CASE("what may have been run is asked for before it is run") {
  SocketStandIn runner({frame("unknown action=" + id), ended("exited code=0 signal=0"),
                        ended("exited code=7 signal=0"),
                        frame("running action=" + id + " started=2026-01-02T03:04:05Z"),
                        frame("refused guard=asker entry=- why=no")});
  ResponderWorld world(entry_of(runner));

  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::done);
  CHECK(runner.requests().front() == "result action=" + id);
  CHECK(world.act(doubtful_action()).why == "the script ended with code 7");
  CHECK(world.act(doubtful_action()).wait == Duration(std::chrono::seconds(5)));
  CHECK(world.act(doubtful_action()).verdict == ActionVerdict::in_doubt);
  CHECK(runner.requests().size() == 5);
}

TEST_CASE("a runner tells how it is without running anything") {
  SocketStandIn runner({frame("done running=0 runs=1 class=once policy=current"), frame("done")});
  ResponderWorld world(entry_of(runner));
  CHECK(world.responder().test({}).why ==
        "asked how it is, the runner says class=once running=0 policy=current; no script was run");
  CHECK(world.responder().test({}).verdict == ActionVerdict::failed);
  CHECK(world.responder().undo(plain_action(), {}).verdict == ActionVerdict::failed);
}

}  // namespace alarum

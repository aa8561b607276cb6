#include "daemon/respond/action_worker.h"

#include "daemon/base/bounded_queue.h"
#include "daemon/base/fault.h"
#include "tests/unit/support/still_clock.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace alarum {
namespace {

using std::chrono::seconds;

/// Carries out up to three at a time, once the gate is open, and says in which calls it was asked for what.
class Together final : public Responder {
 public:
  /// An action on `gate` says in `arrived` that it is there, and waits for something in `gate`.
  Together(std::vector<std::string>& calls, BoundedQueue<int>& arrived, BoundedQueue<int>& gate)
      : calls_(calls), arrived_(arrived), gate_(gate) {}

  std::size_t together_max() const override { return 3; }
  std::vector<ActionResult> act_together(std::span<const Action> actions, std::stop_token) override {
    std::string call = "act";
    for (const Action& action : actions) call += " " + action.target;
    calls_.push_back(call);
    if (actions.front().target == "gate") {
      arrived_.push(1);
      static_cast<void>(gate_.pop_for(seconds(20)));
    }
    std::vector<ActionResult> out;
    for (const Action& action : actions) {
      const bool fails = action.target.starts_with("fails");
      out.push_back({fails ? ActionVerdict::not_done : ActionVerdict::done, action.target});
    }
    return out;
  }
  ActionResult act(const Action& action, std::stop_token stop) override {
    return act_together(std::span(&action, 1), std::move(stop)).front();
  }
  ActionResult undo(const Action& action, std::stop_token) override {
    calls_.push_back("undo " + action.target);
    return {ActionVerdict::done, action.target};
  }
  ActionResult test(std::stop_token) override { return {ActionVerdict::done}; }

 private:
  std::vector<std::string>& calls_;
  BoundedQueue<int>& arrived_;
  BoundedQueue<int>& gate_;
};

struct WorkerWorld {
  void hand_over(const std::string& target, bool is_undo = false, bool is_late = false) {
    ActionTask task;
    task.stored.id = task.action.target = target;
    task.action.expires = {clock.time.microseconds + (is_late ? 0 : 1)};
    task.is_undo = is_undo;
    worker.hand_over(std::move(task));
  }
  /// What came back, as many as were handed over: `id verdict why`.
  std::vector<std::string> reports(std::size_t count) {
    std::vector<std::string> out;
    while (out.size() < count) {
      const auto report = arrived.pop_for(seconds(20));
      REQUIRE(report.has_value());
      const bool is_done = report->result.verdict == ActionVerdict::done;
      out.push_back(report->stored.id + (is_done ? " done " : " not done ") + report->result.why);
    }
    return out;
  }
  /// All that is handed over from here on waits until `open`.
  void close_gate() {
    hand_over("gate");
    REQUIRE(at_the_gate.pop_for(seconds(20)).has_value());
  }
  void open_gate() {
    int token = 0;
    static_cast<void>(gate.try_push(token));
  }

  test::StillClock clock;
  std::vector<std::string> calls;
  BoundedQueue<int> at_the_gate{1};
  BoundedQueue<int> gate{1};
  BoundedQueue<ActionReport> arrived{32};
  ActionWorker worker{std::make_unique<Together>(calls, at_the_gate, gate), clock,
                      [this](ActionReport report) { arrived.push(std::move(report)); }};
};

}  // namespace

TEST_CASE("actions that wait are carried out together, in their order") {
  WorkerWorld world;
  world.close_gate();
  for (const char* const target : {"a", "b", "c", "d"}) world.hand_over(target);
  world.hand_over("e", true);
  world.hand_over("f");
  world.open_gate();

  CHECK(world.reports(7) == std::vector<std::string>{"gate done gate", "a done a", "b done b", "c done c",
                                                     "d done d", "e done e", "f done f"});
  CHECK(world.calls == std::vector<std::string>{"act gate", "act a b c", "act d", "undo e", "act f"});
}

TEST_CASE("who is too late, or cannot be sent, is not asked for with the others") {
  const fault::Armed armed([sends = 0](std::string_view point) mutable -> Status {
    const bool is_third = point == "action_before_send" && ++sends == 3;
    return is_third ? Status(Error{ErrorCode::io, "it does not go out"}) : Status();
  });
  WorkerWorld world;
  world.close_gate();
  world.hand_over("a");
  world.hand_over("b");
  world.hand_over("c", false, true);
  world.open_gate();

  CHECK(world.reports(4) == std::vector<std::string>{"gate done gate", "c not done its deadline has passed",
                                                     "b not done it does not go out", "a done a"});
  CHECK(world.calls == std::vector<std::string>{"act gate", "act a"});
}

TEST_CASE("of several that fail together the first alone speaks against whom was asked") {
  WorkerWorld world;
  world.close_gate();
  for (const char* const target : {"fails 1", "a", "fails 2", "fails 3"}) world.hand_over(target);
  world.open_gate();

  std::vector<std::string> evidence;
  for (int i = 0; i < 5; ++i) {
    const auto report = world.arrived.pop_for(seconds(20));
    REQUIRE(report.has_value());
    if (report->is_evidence) evidence.push_back(report->stored.id);
  }
  CHECK(world.calls == std::vector<std::string>{"act gate", "act fails 1 a fails 2", "act fails 3"});
  CHECK(evidence == std::vector<std::string>{"gate", "fails 1", "a", "fails 3"});
}

}  // namespace alarum

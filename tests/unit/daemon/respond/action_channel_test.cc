#include "daemon/respond/action_channel.h"

#include "tests/unit/support/still_clock.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace alarum {
namespace {

using std::chrono::seconds;

/// Carries everything out at once: what becomes of it the tests say themselves.
class Anybody final : public Responder {
 public:
  ActionResult act(const Action&, std::stop_token) override { return {ActionVerdict::done}; }
  ActionResult undo(const Action&, std::stop_token) override { return {ActionVerdict::done}; }
  ActionResult test(std::stop_token) override { return {ActionVerdict::done}; }
};

struct ChannelWorld {
  /// Hands over the action of this number.
  void hand_over(int number) {
    ActionTask task;
    task.stored.id = std::to_string(number);
    task.action.expires = {clock.time.microseconds + 1};
    channel.hand_over(std::move(task));
  }
  /// It comes back without an end, asked for or not.
  void take_back(int number, bool is_evidence = true) {
    ActionReport report;
    report.stored.id = std::to_string(number);
    report.result.verdict = ActionVerdict::not_done;
    report.is_evidence = is_evidence;
    channel.take_back(report, [] { return std::uint64_t{9'999'999}; });
  }
  /// So many are under way at once, and fail one after the other.
  void fail(int count) {
    for (int i = 0; i < count; ++i) hand_over(i);
    for (int i = 0; i < count; ++i) take_back(i);
  }

  test::StillClock clock;
  ActionChannel channel{
      {{"hook", ResponderNature::telling}, DeliveryClass::keyed, std::make_unique<Anybody>()},
      clock,
      [](const ActionReport&) {}};
};

}  // namespace

TEST_CASE("a circuit opens after failures in a row, and longer after each trial that fails") {
  ChannelWorld world;
  world.fail(ActionChannel::failures_max);
  CHECK(world.channel.is_open());
  CHECK(world.channel.room() == 0);

  world.clock.steady_time += seconds(5);
  CHECK(world.channel.room() == 1);
  world.hand_over(100);
  world.take_back(100);

  world.clock.steady_time += seconds(9);
  CHECK(world.channel.room() == 0);
  world.clock.steady_time += seconds(1);
  CHECK(world.channel.room() == 1);
}

TEST_CASE("what was handed over before the circuit opened leaves it open for no longer") {
  ChannelWorld world;
  world.fail(ActionWorker::queue_max);

  world.clock.steady_time += seconds(5);

  CHECK(world.channel.is_open());
  CHECK(world.channel.room() == 1);
}

TEST_CASE("what was too late to be asked says nothing against whom it was not asked of") {
  ChannelWorld world;
  for (int i = 0; i < 2 * static_cast<int>(ActionChannel::failures_max); ++i) {
    world.hand_over(i);
    world.take_back(i, false);
  }

  CHECK_FALSE(world.channel.is_open());
  CHECK(world.channel.room() > 1);
}

}  // namespace alarum

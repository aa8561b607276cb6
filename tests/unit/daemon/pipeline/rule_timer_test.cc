#include "daemon/pipeline/rule_timer.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// A clock that goes on by as much with every reading.
class TickingClock final : public Clock {
 public:
  Timestamp wall() override { return {}; }
  Duration steady() override { return {}; }
  std::int64_t steady_nanoseconds() override { return now_ += tick; }

  std::int64_t tick = 10;

 private:
  std::int64_t now_ = 0;
};

using Nanoseconds = std::vector<std::uint64_t>;

TEST_CASE("what reading the clock takes is no cost of a rule") {
  TickingClock clock;
  RuleTimer timer(clock);

  timer.begin();
  timer.end(0);
  clock.tick = 35;
  timer.end(2);
  clock.tick = 3;  // faster than ever before: nothing, and no less
  timer.end(2);

  CHECK(timer.take() == Nanoseconds{0, 0, 25});
}

TEST_CASE("times are handed over once") {
  TickingClock clock;
  RuleTimer timer(clock);
  timer.begin();
  clock.tick = 15;
  timer.end(0);

  CHECK(timer.take() == Nanoseconds{5});
  CHECK(timer.take().empty());
}

TEST_CASE("the first event is timed and then one in every period") {
  TickingClock clock;
  RuleTimer timer(clock);
  std::uint32_t due = 0;
  CHECK(timer.is_due());
  for (std::uint32_t i = 1; i < RuleTimer::period; ++i) due += timer.is_due() ? 1 : 0;
  CHECK(due == 0);
  CHECK(timer.is_due());
}

TEST_CASE("a lane times the rules that look at an event, and says the same about it") {
  FieldTable fields;
  EventFormat format = *make_event_format("product=x", fields);
  auto rules = test::rules_of(test::rule_text("seen", "product: x", "s: {a: 1}, condition: s") +
                                  test::rule_text("other", "product: y", "s: {a: 1}, condition: s"),
                              fields);
  const auto plan = Plan::compile(std::move(rules), std::move(fields),
                                  SourceFormat{"list", "product=x", std::move(format)}, {});
  TickingClock clock;
  RuleTimer timer(clock);
  clock.tick = 30;
  std::vector<Record> records(2 * RuleTimer::period);
  for (Record& record : records) record.bytes = R"({"a":1})";
  Lane lane(plan);
  lane.time_rules(&timer);
  LaneOutput output;
  lane.evaluate(records, output);

  CHECK(timer.take() == Nanoseconds{2 * 20});  // of two events, less 10 for reading the clock
  CHECK(output.matches == std::vector<std::uint32_t>(records.size(), 0));
}

}  // namespace
}  // namespace alarum

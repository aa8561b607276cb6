#include "daemon/api/status_json.h"

#include "tests/unit/support/status_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::StatusWorld;

TEST_CASE("the status says everything of a source, its partitions and rates included") {
  CHECK(status_json(StatusWorld().status(), {{"windows", {1234.56, 1240}}}) ==
        R"({"schema":"alarum.status/1","version":"1.2.3","started_at":"2026-01-02T03:02:35.000000Z",)"
        R"("as_of":"2026-01-02T03:04:05.000000Z","ready":true,"reasons":[],)"
        R"("warnings":["sink 'soc' has refused 1 entries"],"sources":[{"name":"windows","connected":true,)"
        R"("trouble":"","records_per_second":1234.6,"events_per_second":1240.0,"lag_records":11,)"
        R"("watermark":"2026-01-02T03:03:15.000000Z","evaluated":100,"dead_letters":4,"events":101,)"
        R"("late_events":2,"clock_skew_events":1,"gaps":0,"gap_records":0,"client_addresses_recent":17,)"
        R"("partitions":[)"
        R"({"topic":"win-events","partition":0,"next_offset":50,"lag_records":11,)"
        R"("event_time_max":"2026-01-02T03:03:45.000000Z"},)"
        R"({"topic":"win-events","partition":1,"next_offset":54,"lag_records":0,)"
        R"("event_time_max":"2026-01-02T03:03:55.000000Z"}]}],)"
        R"("rules":{"loaded":{"signature":2},"rejected":{"unknown_modifier":1}},"alerts":{"high":3},)"
        R"("commits":7,"state":{"trouble":""},"outbox":{"pending":2,"full":false},)"
        R"("sinks":[{"name":"soc","delivered":40,"refused":1,"trouble":""}],)"
        R"("actions":{"trouble":"","breaker_tripped":false,"broken_responders":[],)"
        R"("blocks_active":{"firewall":3},"waiting":{"firewall":7}},)"
        R"("reload":{"successful":true,"outcome":"done","at":"2026-01-02T03:04:05.000000Z",)"
        R"("succeeded_at":"2026-01-02T03:04:05.000000Z","message":""}})");
}

TEST_CASE("a status of which nothing is known yet is whole too") {
  ServiceStatus status;
  status.sources["windows"] = nullptr;
  const std::string text = status_json(status, {});

  CHECK(text.find(R"("reasons":["the line has not begun","source 'windows' has not said anything yet"])") !=
        std::string::npos);
  CHECK(text.find(R"("name":"windows","connected":false)") != std::string::npos);
  CHECK(text.find(R"("watermark":null)") != std::string::npos);
}

TEST_CASE("the status says why actions do not get on") {
  StatusWorld world;
  world.actions.is_tripped = true;
  world.responders.trouble = "no room\n";
  world.responders.responders.front().is_open = true;

  CHECK(status_json(world.status(), {})
            .find(R"("actions":{"trouble":"no room\\u{000A}","breaker_tripped":true,)"
                  R"("broken_responders":["firewall"],)") != std::string::npos);
}

TEST_CASE("texts from outside are safe for a terminal in the status") {
  StatusWorld world;
  world.delivery.sinks["soc"].trouble = "\x1b]0;owned\x07 \xff";

  CHECK(status_json(world.status(), {}).find(R"("trouble":"\\u{001B}]0;owned\\u{0007} \\xFF")") !=
        std::string::npos);
}

/// Totals of the source `windows`.
LineStatus totals(std::uint64_t evaluated, std::uint64_t dead_letters, std::uint64_t events) {
  LineStatus out;
  out.sources["windows"].totals = {.evaluated = evaluated, .dead_letters = dead_letters, .events = events};
  return out;
}

TEST_CASE("rates are those between the first and the last look") {
  RateWindow window;
  window.add(std::chrono::seconds(100), totals(1000, 10, 2000));
  CHECK(window.rates().empty());

  window.add(std::chrono::seconds(101), totals(1100, 10, 2200));
  window.add(std::chrono::seconds(104), totals(1380, 30, 3000));
  CHECK(window.rates()["windows"].records == 100);
  CHECK(window.rates()["windows"].events == 250);
}

TEST_CASE("what happened before the window does not count") {
  RateWindow window;
  for (int second = 0; second <= 30; ++second)
    window.add(std::chrono::seconds(second), totals(second < 20 ? 0 : 50U * (second - 20U), 0, 0));

  CHECK(window.rates()["windows"].records == 50);
}

TEST_CASE("a source that appears within the window has no rate yet") {
  RateWindow window;
  window.add(std::chrono::seconds(0), {});
  window.add(std::chrono::seconds(1), totals(5, 0, 5));
  CHECK(window.rates().empty());
}

}  // namespace
}  // namespace alarum

#include "tests/unit/support/line_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::rule_text;
using test::WholeLine;

const std::string on_a = rule_text("r", "product: x", "s: {a: 1}, condition: s");

std::vector<std::string> keys(const test::ListSink& sink) {
  std::vector<std::string> out;
  for (const OutboxEntry& entry : sink.entries) out.push_back(entry.key);
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what a sink gets is the alert of a lane, and when it was decided") {
  WholeLine world({.rules = on_a});
  world.lines = {R"({"a":1})"};
  world.go();

  REQUIRE(world.alerts.entries.size() == 1);
  const OutboxEntry& entry = world.alerts.entries.front();
  CHECK(has(entry.payload, "\"alert_id\":\"" + entry.key + "\""));
  CHECK(has(entry.payload, "\"topic\":\"lines\",\"partition\":0,\"offset\":0"));
  CHECK(entry.payload.ends_with(",\"detected_at\":\"2026-01-02T03:04:05.000000Z\"}"));
}

TEST_CASE("a record that is no event is a dead letter with its place and bytes") {
  WholeLine world({.rules = on_a});
  world.lines = {R"({"a":2})", "garbage"};
  world.go();

  REQUIRE(world.dead_letters.entries.size() == 1);
  CHECK(world.dead_letters.entries.front().key == "list/lines/0/1");
  CHECK(world.dead_letters.entries.front().payload ==
        R"({"schema":"alarum.dead_letter/1","source":"list","topic":"lines","partition":0,"offset":1,)"
        R"("timestamp":"2026-01-02T03:04:00.000000Z","reason":"not_object","size":7,)"
        R"("bytes_base64":"Z2FyYmFnZQ==",)"
        R"("cut":false})");
  CHECK(world.totals() == OutcomeTotals{1, 1, 1, 0, 0, 0, 0});
}

TEST_CASE("poison is a dead letter and is not evaluated; its neighbours are") {
  WholeLine world({.rules = on_a, .poison = {{{"list", "lines", 0}, 1}}});
  world.lines = {R"({"a":1})", R"({"a":1})", R"({"a":1})"};
  world.go();

  CHECK(world.alerts.entries.size() == 2);
  REQUIRE(world.dead_letters.entries.size() == 1);
  CHECK(has(world.dead_letters.entries.front().payload, "\"offset\":1"));
  CHECK(has(world.dead_letters.entries.front().payload, "\"reason\":\"poison\""));
  CHECK(world.totals().evaluated == 2);
  CHECK(world.totals().dead_letters == 1);
}

TEST_CASE("intake waits while sinks take nothing, and all alerts arrive afterwards") {
  Line::Settings settings;
  settings.committer.outbox_max = 10;
  settings.worker.records_per_poll = 5;
  WholeLine world({.rules = on_a, .settings = settings});
  world.lines.assign(100, R"({"a":1})");
  world.alerts.is_shut = true;
  world.go(200);

  CHECK(world.status()->outbox_full);
  CHECK(world.source().is_paused);
  CHECK(world.status()->outbox_pending >= 10);
  CHECK(world.status()->outbox_pending < 30);

  world.alerts.is_shut = false;
  world.go(400);
  CHECK(world.alerts.entries.size() == 100);
  CHECK(world.status()->outbox_pending == 0);
  CHECK(!world.status()->outbox_full);
}

TEST_CASE("nothing is told while the disk is full, and everything once it is not") {
  WholeLine world({.rules = on_a});
  world.lines = {R"({"a":1})", "garbage"};
  world.start();
  world.mood.is_full = true;
  world.go();

  CHECK(world.alerts.entries.empty());
  CHECK(world.dead_letters.entries.empty());
  CHECK(world.status()->store_trouble == "no space left on device");

  world.mood.is_full = false;
  world.go();
  CHECK(world.alerts.entries.size() == 1);
  CHECK(world.dead_letters.entries.size() == 1);
  CHECK(world.status()->store_trouble.empty());
}

TEST_CASE("a process that begins goes on where the last commit was") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.go();
  world.lines.assign(5, R"({"a":1})");
  world.start();
  world.go();

  CHECK(world.alerts.entries.size() == 5);
  CHECK(world.totals().evaluated == 5);
}

TEST_CASE("any number of workers and any size of polls and commits give the same alerts") {
  std::vector<std::string> expected;
  for (const std::size_t workers : {1, 2, 4}) {
    for (const std::size_t size : {1, 3, 1000}) {
      Line::Settings settings;
      settings.workers = workers;
      settings.worker.records_per_poll = size;
      settings.worker.delta_records_max = size;
      settings.committer.interval = std::chrono::milliseconds(size);
      WholeLine world({.rules = on_a, .settings = settings});
      for (int i = 0; i < 50; ++i) world.lines.push_back(i % 3 == 0 ? R"({"a":1})" : R"({"a":2})");
      world.go(400);
      if (expected.empty()) expected = keys(world.alerts);
      CHECK(keys(world.alerts) == expected);
    }
  }
  CHECK(expected.size() == 17);
}

TEST_CASE("what one poll gave is committed in parts when it finds more than a commit may hold") {
  Line::Settings settings;
  settings.worker.records_per_poll = 1000;
  settings.worker.delta_bytes_max = 1000;
  settings.worker.slice_bytes_max = 1;
  WholeLine world({.rules = on_a, .settings = settings});
  world.lines.assign(50, R"({"a":1})");
  world.go(400);

  CHECK(world.alerts.entries.size() == 50);
  const std::size_t alert_bytes = world.alerts.entries.front().payload.size();
  CHECK(alert_bytes > 300);
  CHECK(world.status()->commits >= 50 * alert_bytes / (1000 + alert_bytes));
}

TEST_CASE("commits do not wait for the end of a large poll") {
  Line::Settings settings;
  settings.worker.records_per_poll = 1000;
  settings.worker.slice_bytes_max = 1;
  settings.committer.interval = Duration(0);
  WholeLine world({.rules = on_a, .settings = settings});
  world.lines.assign(50, R"({"a":1})");
  world.go(400);

  CHECK(world.alerts.entries.size() == 50);
  CHECK(world.status()->commits >= 10);
}

TEST_CASE("a new plan counts from a commit on, and all alerts of a record are by one plan") {
  const std::string two = on_a + rule_text("q", "product: x", "s: {a: 1}, condition: s");
  Line::Settings settings;
  settings.worker.records_per_poll = 1;
  WholeLine world({.rules = two, .settings = settings});
  world.lines.assign(60, R"({"a":1})");
  world.go(10);
  world.line().adopt(WholeLine::plan_of(two, "fedcba9876543210"));
  world.go(200);

  REQUIRE(world.alerts.entries.size() == 120);
  std::size_t newer = 0;
  for (std::size_t i = 0; i < 120; i += 2) {
    const bool first = has(world.alerts.entries[i].payload, "fedcba9876543210");
    const bool second = has(world.alerts.entries[i + 1].payload, "fedcba9876543210");
    CHECK(first == second);
    newer += first ? 1 : 0;
  }
  CHECK(newer > 0);
  CHECK(newer < 60);
  CHECK(world.status()->rule_matches == std::vector<std::uint64_t>{60, 60});
}

TEST_CASE("what a rule cost stays with it when another plan has it at another place") {
  const std::string q = rule_text("q", "product: x", "s: {a: 1}, condition: s");
  WholeLine world({.rules = on_a + q});
  world.lines.assign(10, R"({"a":1})");
  world.start();
  world.clock.nanoseconds_per_reading = 50;
  world.go();
  REQUIRE(world.status()->rule_nanoseconds == std::vector<std::uint64_t>{50, 50});

  world.line().adopt(WholeLine::plan_of(rule_text("new", "product: x", "s: {a: 1}, condition: s") + q));
  world.go();
  CHECK(world.status()->rule_nanoseconds == std::vector<std::uint64_t>{0, 50});
}

TEST_CASE("addresses of clients are shown for ten minutes, by whichever worker they came") {
  Line::Settings settings;
  settings.workers = 2;
  settings.worker.records_per_poll = 2;
  WholeLine world({.rules = on_a, .settings = settings});
  for (const int last : {1, 2, 3, 1, 2})
    world.lines.push_back(R"({"source":{"ip":"192.0.2.)" + std::to_string(last) + R"("}})");
  world.go();
  CHECK(world.status()->sources.at("list").client_addresses_recent == 3);

  world.clock.steady_time += std::chrono::minutes(10);
  world.go();
  CHECK(world.status()->sources.at("list").client_addresses_recent == 0);
}

TEST_CASE("an event ahead of its record's time is counted and moves no watermark beyond it") {
  WholeLine world({.rules = on_a});
  world.lines = {R"({"@timestamp":"2026-01-02T03:00:00Z"})", R"({"@timestamp":"2030-01-01T00:00:00Z"})",
                 R"({"@timestamp":"2026-01-02T03:03:00Z"})"};
  world.go();

  CHECK(world.totals().skewed_events == 1);
  CHECK(world.totals().late_events == 1);  // a minute behind the time at which the second was read
  const auto& progress = world.status()->sources.at("list").partitions.begin()->second;
  CHECK(progress.event_time_max == world.clock.time);
}

TEST_CASE("records that were lost are counted with the commit that goes on behind them") {
  WholeLine world({.rules = on_a});
  world.lines.assign(5, R"({"a":1})");
  world.first = 3;
  world.gap = Gap{Gap::Reason::retention, 0, 3};
  world.go();

  CHECK(world.totals() == OutcomeTotals{2, 0, 2, 0, 0, 1, 3});
  CHECK(world.alerts.entries.size() == 2);
}

TEST_CASE("a gap is shown with its offsets once it is committed, and not before") {
  WholeLine world({.rules = on_a});
  world.first = 3;
  world.gap = Gap{Gap::Reason::retention, 1, 3};
  world.start();
  world.mood.is_full = true;
  world.go();
  CHECK(world.status()->gaps.empty());

  world.mood.is_full = false;
  world.go();
  CHECK(world.status()->gaps_found == 1);
  REQUIRE(world.status()->gaps.size() == 1);
  const FoundGap& found = world.status()->gaps.front();
  CHECK(found.partition == PartitionId{"list", "lines", 0});
  CHECK(found.gap.from == 1);
  CHECK(found.gap.to == 3);
  CHECK(found.found_at == world.clock.time);
}

TEST_CASE("an entry that a sink refuses for good is given up, counted, and holds nobody up") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.alerts.refuses_all = true;
  world.go();

  CHECK(world.status()->outbox_pending == 0);
  CHECK(world.line().delivery_status()->sinks.at("alerts").refused == 3);
  CHECK(world.line().delivery_status()->sinks.at("alerts").delivered == 0);
}

TEST_CASE("a sink that hears of everything knows how far it is, and counts what is its own") {
  WholeLine world({.rules = on_a});
  world.alerts_hear_all = true;
  world.lines.assign(3, R"({"a":1})");
  world.lines.push_back("no event");
  world.go();

  CHECK(world.alerts.entries.size() == 4);
  CHECK(world.dead_letters.entries.size() == 1);
  CHECK(world.line().delivery_status()->sinks.at("alerts").delivered == 3);
  CHECK(world.status()->outbox_pending == 0);
}

TEST_CASE("a sink under another name goes on where the one before it was") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.alerts.is_shut = true;
  world.go();
  world.alerts = test::ListSink("renamed");
  world.start();
  world.go();

  CHECK(world.alerts.entries.size() == 3);
  CHECK(world.status()->outbox_pending == 0);
}

TEST_CASE("a sink that is added hears of what comes, and one that comes back of nothing old") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.go();
  world.alerts = test::ListSink("other");
  world.lines.assign(5, R"({"a":1})");
  world.start();
  world.go();
  CHECK(world.alerts.entries.size() == 2);

  world.alerts = test::ListSink("alerts");
  world.lines.assign(6, R"({"a":1})");
  world.start();
  world.go();
  CHECK(world.alerts.entries.size() == 1);
}

TEST_CASE("without sinks alerts are counted and nothing waits") {
  WholeLine world({.rules = on_a, .has_sinks = false});
  world.lines.assign(3, R"({"a":1})");
  world.go();

  REQUIRE(world.status()->alerts.size() == 1);
  CHECK(world.status()->alerts.begin()->second == 3);
  CHECK(world.status()->outbox_pending == 0);
}

TEST_CASE("at its end the line commits what it read, delivers it, and stops") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.go(3);
  world.line().finish();
  world.go();

  CHECK(world.is_over);
  CHECK(world.alerts.entries.size() == world.totals().evaluated);
  world.start();
  world.go();
  CHECK(world.alerts.entries.size() == 3);
}

TEST_CASE("at its end the line does not wait for its next commit to be due") {
  Line::Settings settings;
  settings.committer.interval = std::chrono::hours(1);
  WholeLine world({.rules = on_a, .settings = settings});
  world.lines.assign(3, R"({"a":1})");
  world.go();
  world.line().finish();
  world.go();

  CHECK(world.is_over);
  CHECK(world.alerts.entries.size() == 3);
}

TEST_CASE("at its end the line does not wait for ever for a sink that takes nothing") {
  WholeLine world({.rules = on_a});
  world.lines.assign(3, R"({"a":1})");
  world.alerts.is_shut = true;
  world.go();
  world.line().finish();
  world.go(60);

  CHECK(world.is_over);
  world.alerts.is_shut = false;
  world.start();
  world.go();
  CHECK(world.alerts.entries.size() == 3);
}

}  // namespace alarum

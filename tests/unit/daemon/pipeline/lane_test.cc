#include "daemon/pipeline/lane.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

#include <cmath>

namespace alarum {
namespace {

using test::rule_text;

const std::string on_a = rule_text("r", "product: x", "s: {a: 1}, condition: s");

/// Records of every outcome and time, for batches of any size.
const std::vector<std::string> mixed = {
    R"({"a":1})",                                      // no time at all
    R"({"a":1,"@timestamp":"2026-01-02T03:04:05Z"})",  // its own
    R"({"a":2})",                                      //
    "garbage",                                         //
    R"({"a":1})",                                      // of the event before
    R"({"a":1,"a":2,"b":01})",                         //
    "",                                                //
    R"({"a":1,"@timestamp":"2025-01-02T03:04:05Z"})",  // goes back
    R"({"a":1,"@timestamp":"2027-01-02T03:04:05Z")",   // cut off: its time counts for nothing
    R"({"a":1,"@timestamp":"yesterday"})",             //
};

/// Evaluates `mixed` in batches of `size`. Totals of everything and all alerts, as text.
std::string evaluate_in_batches(std::size_t size) {
  test::LaneWorld world("product=x", on_a);
  std::uint64_t records = 0;
  std::uint64_t events = 0;
  std::string letters;
  for (std::size_t first = 0; first < mixed.size(); first += size) {
    const std::size_t end = std::min(first + size, mixed.size());
    world.feed({mixed.begin() + std::ptrdiff_t(first), mixed.begin() + std::ptrdiff_t(end)});
    records += world.output.records;
    events += world.output.events;
    for (const DeadLetter& letter : world.output.dead_letters)
      letters += std::to_string(letter.coordinates.offset) + std::string(reason_name(letter.reason)) + " ";
  }
  std::string out = std::to_string(records) + " " + std::to_string(events) + " " + letters;
  for (const std::string& line : world.alert_lines) out += "\n" + line;
  return out;
}

bool has_field(const Plan& plan, std::string_view name) {
  FieldTable fields = plan.fields();
  fields.intern(name);  // new where the plan has none
  return fields.size() == plan.fields().size();
}

std::string time_of_alert(const test::LaneWorld& world, std::size_t index) {
  const Alert& alert = world.output.alerts.at(index);
  const std::string basis(time_basis_name(alert.time_basis));
  return (alert.first_event_time ? format_time(*alert.first_event_time) : "none") + " " + basis;
}

/// A lane that watches 192.0.2.7 from 03:00:00 to 03:15:00.
class WatchWorld {
 public:
  static std::shared_ptr<const WatchList> list() {
    return WatchList::of({{IpNetwork::single(*IpAddress::parse("192.0.2.7")),
                           *parse_time("2026-01-02T03:00:00Z"), *parse_time("2026-01-02T03:15:00Z")}});
  }

  /// What is seen in a batch of these: network, count and latest time.
  std::string seen(const std::vector<std::string>& lines) {
    std::vector<Record> records;
    for (const std::string& line : lines) {
      records.emplace_back().bytes = line;
      records.back().coordinates.timestamp = record_time;
    }
    LaneOutput output;
    const auto watch_list = list();
    Lane lane(plan_, plan_->source(), UntimedEvents::stay_untimed);
    lane.watch(watch_list.get(), read_at);
    lane.evaluate(records, output);
    WatchHits hits;
    output.watched.add_to(hits, *watch_list);
    std::string out;
    for (const auto& [network, hit] : hits)
      out += network.to_text() + " " + std::to_string(hit.count) + " " + format_time(hit.latest);
    return out;
  }

  Timestamp read_at = *parse_time("2026-01-02T04:00:00Z");
  std::optional<Timestamp> record_time;

 private:
  static std::shared_ptr<const Plan> make_plan() {
    FieldTable fields;
    EventFormat format = *make_event_format("category=webserver", fields);
    return Plan::compile({}, std::move(fields), SourceFormat{"web", "category=webserver", std::move(format)},
                         {});
  }

  std::shared_ptr<const Plan> plan_ = make_plan();
};

}  // namespace

TEST_CASE("every record is evaluated or a dead letter, never both, and they add up") {
  test::LaneWorld world("product=x", on_a);
  world.feed(mixed);

  CHECK(world.output.records == mixed.size());
  CHECK(world.output.events == 7);
  CHECK(world.output.events + world.output.dead_letters.size() == world.output.records);
}

TEST_CASE("a dead letter has the place, the size and the reason of its record") {
  test::LaneWorld world("product=x", on_a);
  world.feed({R"({"a":1})", "garbage", R"({"a":1)"});

  REQUIRE(world.output.dead_letters.size() == 2);
  CHECK(world.output.dead_letters[0].coordinates.offset == 1);
  CHECK(world.output.dead_letters[0].coordinates.topic == "topic");
  CHECK(world.output.dead_letters[0].reason == UndecodableReason::not_object);
  CHECK(world.output.dead_letters[0].bytes == "garbage");
  CHECK(world.output.dead_letters[1].reason == UndecodableReason::cut_off);
}

TEST_CASE("a dead letter stops nothing behind it") {
  test::LaneWorld world("product=x", on_a);
  CHECK(world.feed({"garbage", "\xFF", "", R"({"a":1})"}).matches() == "r");
  CHECK(world.output.alerts[0].evidence[0].offset == 3);
}

TEST_CASE("a record that its source has cut is a dead letter") {
  test::LaneWorld world("product=x", on_a);
  const Record record{{}, R"({"a":1})", true};
  world.feed_records(std::span(&record, 1));

  CHECK(world.output.alerts.empty());
  REQUIRE(world.output.dead_letters.size() == 1);
  CHECK(world.output.dead_letters[0].reason == UndecodableReason::too_large);
}

TEST_CASE("a lane keeps to the limits of its plan") {
  test::LaneWorld world("product=x", on_a, {.bytes_max = 20, .depth_max = 2});
  world.feed({R"({"a":1})", R"({"a":1,"b":"xxxxxxxxx"})", R"({"a":1,"b":[[]]})"});

  CHECK(world.output.events == 1);
  REQUIRE(world.output.dead_letters.size() == 2);
  CHECK(world.output.dead_letters[0].reason == UndecodableReason::too_large);
  CHECK(world.output.dead_letters[1].reason == UndecodableReason::too_deep);
}

TEST_CASE("events of which something was left out are counted, and evaluated all the same") {
  test::LaneWorld world("product=x", on_a);
  world.feed({R"({"a":1,"a":2})", R"({"a":1,"b":01})", R"({"a":1,"b":01,"b":02})", R"({"a":1})"});

  CHECK(world.output.events == 4);
  CHECK(world.output.events_with_duplicate_name == 2);
  CHECK(world.output.events_with_invalid_value == 2);
  CHECK(world.output.matches.size() == 4);
}

TEST_CASE("alerts stand in the order of the records, then of the rules") {
  test::LaneWorld world("product=x", rule_text("z", "product: x", "s: {a: 1}, condition: s") +
                                         rule_text("b", "product: x", "s: {a: [1, 2]}, condition: s"));
  CHECK(world.feed({R"({"a":1})", R"({"a":2})", R"({"a":1})"}).matches() == "z b b z b");
  REQUIRE(world.output.alerts.size() == 5);
  CHECK(world.output.alerts[1].rule->id == "b");
  CHECK(world.output.alerts[1].evidence[0].offset == 0);
  CHECK(world.output.alerts[2].evidence[0].offset == 1);
}

TEST_CASE("a match of a rule in stage shadow is counted and gives no alert") {
  test::LaneWorld world(
      "product=x", rule_text("s", "product: x", "s: {a: 1}, condition: s", "alarum: {stage: shadow}\n") +
                       rule_text("t", "product: x", "s: {a: 1}, condition: s", "alarum: {stage: alert}\n"));
  CHECK(world.feed({R"({"a":1})"}).matches() == "s t");
  REQUIRE(world.output.alerts.size() == 1);
  CHECK(world.output.alerts[0].rule->id == "t");
}

TEST_CASE("how records are cut into batches changes nothing") {
  const std::string at_once = evaluate_in_batches(mixed.size());
  CHECK_THAT(at_once, Catch::StartsWith("10 7 3not_object 6empty 8cut_off "));
  for (std::size_t size = 1; size < mixed.size(); ++size) {
    CAPTURE(size);
    CHECK(evaluate_in_batches(size) == at_once);
  }
}

TEST_CASE("an event without time has that of the event before, also over the end of a batch") {
  test::LaneWorld world("product=x", on_a);
  world.feed({R"({"a":1})"});
  CHECK(time_of_alert(world, 0) == "none unknown");

  world.feed({R"({"a":2,"@timestamp":"2026-01-02T03:04:05Z"})", R"({"a":1})"});
  CHECK(time_of_alert(world, 0) == "2026-01-02T03:04:05.000000Z record");

  world.feed({R"({"a":1})"});
  CHECK(time_of_alert(world, 0) == "2026-01-02T03:04:05.000000Z record");
}

TEST_CASE("the time of a dead letter is not handed on") {
  test::LaneWorld world("product=x", on_a);
  world.feed({R"({"@timestamp":"2026-01-02T03:04:05Z")", R"({"a":1})"});
  CHECK(time_of_alert(world, 0) == "none unknown");
}

TEST_CASE("the time of a record counts before that of the event before it") {
  test::LaneWorld world("product=x", on_a);
  world.feed({R"({"@timestamp":"2026-01-02T03:04:05Z"})"});
  world.feed({R"({"a":1})"}, Timestamp{5});
  CHECK(time_of_alert(world, 0) == "1970-01-01T00:00:00.000005Z record");
}

TEST_CASE("lanes do not share their time") {
  test::LaneWorld first("product=x", on_a);
  first.feed({R"({"@timestamp":"2026-01-02T03:04:05Z"})"});
  test::LaneWorld second("product=x", on_a);
  second.feed({R"({"a":1})"});
  CHECK(time_of_alert(second, 0) == "none unknown");
}

TEST_CASE("events that do not say their time are counted, be it handed on or not") {
  test::LaneWorld world("product=x", on_a);
  world.feed({"{}", R"({"@timestamp":"2026-01-02T03:04:05Z"})", "{}", R"({"@timestamp":5})", "garbage"});
  CHECK(world.output.events_without_time == 3);
}

TEST_CASE("events that no rule's log source takes are counted") {
  test::LaneWorld world("windows",
                        rule_text("r", "product: windows, service: security", "s: {a: 1}, condition: s"));
  world.feed({R"({"Channel":"Security"})", R"({"Channel":"System"})", "{}", "garbage"});
  CHECK(world.output.events_without_rule == 2);
}

TEST_CASE("an output begins empty with every batch") {
  test::LaneWorld world("product=x", on_a);
  world.feed(mixed);
  world.feed({});

  CHECK(world.output.records == 0);
  CHECK(world.output.events == 0);
  CHECK(world.output.alerts.empty());
  CHECK(world.output.matches.empty());
  CHECK(world.output.dead_letters.empty());
  CHECK(world.output.events_with_invalid_value == 0);
  CHECK(world.output.events_with_duplicate_name == 0);
  CHECK(world.output.events_without_time == 0);
  CHECK(world.output.events_without_rule == 0);
}

TEST_CASE("a lane notes the addresses of clients, with or without a rule, and of nobody else") {
  FieldTable fields;
  EventFormat format = *make_event_format("category=webserver", fields);
  const auto plan =
      Plan::compile({}, std::move(fields), SourceFormat{"web", "category=webserver", std::move(format)}, {});
  std::vector<Record> records;
  for (const char* const bytes :
       {R"({"c-ip":"192.0.2.1","s-ip":"192.0.2.9"})", R"({"c-ip":"::ffff:192.0.2.1"})", R"({"c-ip":"-"})",
        R"({"c-ip":["192.0.2.2","2001:db8::1"]})", R"({"c-ip":{"c-ip":"192.0.2.3"}})"}) {
    records.emplace_back().bytes = bytes;
  }
  Lane lane(plan);
  LaneOutput output;
  lane.evaluate(records, output);
  CHECK(std::lround(output.client_addresses.estimate()) == 3);

  lane.evaluate(std::span(records).first(1), output);
  CHECK(std::lround(output.client_addresses.estimate()) == 1);
}

TEST_CASE("clients on a watch list are counted by the time at which their events can have been") {
  WatchWorld world;
  const std::string mapped = R"({"c-ip":"::ffff:192.0.2.7","@timestamp":"2026-01-02T03:00:10Z"})";
  CHECK(world.seen({R"({"c-ip":"192.0.2.7","@timestamp":"2026-01-02T03:00:20Z"})", mapped}) ==
        "192.0.2.7 2 2026-01-02T03:00:20.000000Z");
  CHECK(
      world.seen({R"({"c-ip":"192.0.2.8","s-ip":"192.0.2.7","@timestamp":"2026-01-02T03:00:20Z"})"}).empty());
  CHECK(world.seen({R"({"c-ip":"192.0.2.7"})"}).empty());  // no time at all
}

TEST_CASE("an event from before an entry's time or after it is no hit, whatever it claims") {
  WatchWorld world;
  CHECK(world.seen({R"({"c-ip":"192.0.2.7","@timestamp":"2026-01-02T03:00:00Z"})"}).empty());
  CHECK(world.seen({R"({"c-ip":"192.0.2.7","@timestamp":"2026-01-02T03:15:00Z"})"}).empty());

  const std::vector<std::string> future = {R"({"c-ip":"192.0.2.7","@timestamp":"2030-01-01T00:00:00Z"})"};
  world.read_at = *parse_time("2026-01-02T03:00:30Z");
  CHECK(world.seen(future) == "192.0.2.7 1 2026-01-02T03:00:30.000000Z");
  world.record_time = parse_time("2026-01-02T03:00:02Z");
  CHECK(world.seen(future) == "192.0.2.7 1 2026-01-02T03:00:02.000000Z");
  world.record_time = parse_time("2026-01-02T02:00:00Z");  // an old record that is read late
  CHECK(world.seen(future).empty());
}

TEST_CASE("alerts are the same with a watch list and without") {
  const std::vector<std::string> lines = {
      R"({"a":1,"c-ip":"192.0.2.7","@timestamp":"2026-01-02T03:00:10Z"})"};
  const std::string rules = rule_text("r", "category: webserver", "s: {a: 1}, condition: s");
  test::LaneWorld without("category=webserver", rules);
  without.feed(lines);
  test::LaneWorld with("category=webserver", rules);
  const auto list = WatchWorld::list();
  with.lane().watch(list.get(), *parse_time("2026-01-02T03:10:00Z"));
  with.feed(lines);

  CHECK_FALSE(with.output.watched.is_empty());
  CHECK(without.output.watched.is_empty());
  REQUIRE(without.alert_lines.size() == 1);
  CHECK(with.alert_lines == without.alert_lines);
}

TEST_CASE("a plan knows its rules, fields and limits") {
  test::LaneWorld world("windows", rule_text("r", "product: windows", "s: {a: 1}, condition: s"),
                        {.bytes_max = 9});
  CHECK(world.plan().rules().size() == 1);
  CHECK(world.plan().limits().bytes_max == 9);
  CHECK(has_field(world.plan(), "a"));
  CHECK(has_field(world.plan(), "Channel"));
  CHECK(has_field(world.plan(), "SubjectUserName"));
  CHECK(world.plan().alert_template(0).rule->id == "r");
}

}  // namespace alarum

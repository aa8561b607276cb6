#include "daemon/metrics.h"

#include "tests/unit/support/status_world.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace alarum {
namespace {

using test::StatusWorld;

/// What is exposed of one family.
struct Exposed {
  std::string help;
  std::string type;
  std::set<std::string> labels;
  std::size_t samples = 0;
};

/// `text`, read as strictly as format 0.0.4 is written down: HELP, TYPE, then samples of that family only,
/// each series once. Anything else fails the test.
std::map<std::string, Exposed> strictly_read(const std::string& text) {
  static const std::regex head(R"(# (HELP|TYPE) ([a-z_]+) (.+))");
  static const std::regex sample(
      R"(([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? ([-+0-9.e]+|\+Inf))");
  static const std::regex label(R"(([a-z_]+)="(?:[^"\\]|\\.)*")");
  std::map<std::string, Exposed> out;
  std::set<std::string> series;
  std::string current;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    std::smatch found;
    if (std::regex_match(line, found, head)) {
      if (found[1] == "HELP") {
        current = found[2];
        REQUIRE(out.count(current) == 0);
        out[current].help = found[3];
      } else {
        REQUIRE(found[2] == current);
        out[current].type = found[3];
      }
      continue;
    }
    REQUIRE(std::regex_match(line, found, sample));
    const std::string name = found[1];
    const std::string labels = found[2];
    const std::string suffix = name.substr(std::min(current.size(), name.size()));
    const bool has_parts = out[current].type == "histogram" || out[current].type == "summary";
    const bool is_part = suffix == "_bucket" || suffix == "_sum" || suffix == "_count";
    REQUIRE(name.compare(0, current.size(), current) == 0);
    REQUIRE((has_parts ? is_part : suffix.empty()));
    REQUIRE(series.insert(line.substr(0, line.rfind(' '))).second);
    for (std::sregex_iterator at(labels.begin(), labels.end(), label), end; at != end; ++at) {
      if ((*at)[1] != "le") out[current].labels.insert((*at)[1]);
    }
    ++out[current].samples;
  }
  REQUIRE(text.back() == '\n');
  return out;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("the metrics are well-formed, and counters are named as such") {
  for (const auto& [name, family] : strictly_read(metrics_text(StatusWorld().status()))) {
    INFO(name);
    CHECK(name.starts_with("alarum_"));
    CHECK(name.ends_with("_total") == (family.type == "counter"));
    CHECK(family.samples > 0);
  }
}

TEST_CASE("every family is there before anything has happened") {
  const auto before = strictly_read(metrics_text({}));
  const auto after = strictly_read(metrics_text(StatusWorld().status()));

  REQUIRE(before.size() == after.size());
  for (const auto& [name, family] : after) CHECK(before.at(name).type == family.type);
}

TEST_CASE("what was counted stands under the names that dashboards know") {
  const std::string text = metrics_text(StatusWorld().status());

  for (const char* const line : {
           R"(alarum_build_info{version="1.2.3"} 1)",
           R"(alarum_heap_bytes 1234567)",
           R"(alarum_ready 1)",
           R"(alarum_config_last_reload_successful 1)",
           R"(alarum_config_last_reload_success_timestamp_seconds 1767323045)",
           R"(alarum_config_reloads_total{outcome="done"} 7)",
           R"(alarum_config_reloads_total{outcome="restart_needed"} 0)",
           R"(alarum_config_reloads_total{outcome="failed"} 2)",
           R"(alarum_records_total{source="windows",outcome="evaluated"} 100)",
           R"(alarum_records_total{source="windows",outcome="dead_letter"} 4)",
           R"(alarum_events_total{source="windows"} 101)",
           R"(alarum_late_events_total{source="windows"} 2)",
           R"(alarum_clock_skew_events_total{source="windows"} 1)",
           R"(alarum_client_addresses_recent{source="windows"} 17)",
           R"(alarum_gaps_total{source="windows"} 0)",
           R"(alarum_source_connected{source="windows"} 1)",
           R"(alarum_kafka_lag_records{source="windows",topic="win-events",partition="0"} 11)",
           R"(alarum_kafka_lag_records{source="windows",topic="win-events",partition="1"} 0)",
           R"(alarum_watermark_timestamp_seconds{source="windows"} 1767322995)",
           R"(alarum_rules_loaded{kind="signature"} 2)",
           R"(alarum_rules_rejected{reason="unknown_modifier"} 1)",
           R"(alarum_rule_info{rule_id="r1",title="r1",level="high",status="",stage="respond"} 1)",
           R"(alarum_rule_evaluation_seconds_total{rule_id="r1"} 30.5)",
           R"(alarum_alerts_total{level="high",kind="signature"} 3)",
           R"(alarum_outbox_pending 2)",
           R"(alarum_sink_delivered_total{sink="soc"} 40)",
           R"(alarum_sink_refused_total{sink="soc"} 1)",
           R"(alarum_incidents_open{level="high",state="new"} 2)",
           R"(alarum_incidents_open{level="low",state="contained"} 0)",
           R"(alarum_incident_oldest_open_timestamp_seconds{level="high",state="new"} 1767322985)",
           R"(alarum_incidents_unacknowledged{level="high"} 3)",
           R"(alarum_incidents_unacknowledged{level="low"} 0)",
           R"(alarum_incident_oldest_unacknowledged_timestamp_seconds{level="high"} 1767322984)",
           R"(alarum_incident_time_to_detect_seconds_sum{level="high"} 1.5)",
           R"(alarum_incident_time_to_detect_seconds_bucket{level="high",le="2.5"} 1)",
           R"(alarum_incident_time_to_resolve_seconds_count{level="high"} 1)",
           R"(alarum_incident_time_to_resolve_seconds_count{level="low"} 0)",
           R"(alarum_incident_time_to_contain_seconds_count{level="high"} 0)",
           R"(alarum_incident_unmeasured_detections_total{reason="future"} 3)",
           R"(alarum_incident_unmeasured_detections_total{reason="past"} 0)",
           R"(alarum_ledger_bytes 4096)",
           R"(alarum_rule_time_to_detect_seconds_sum{rule_id="r1"} 1.5)",
           R"(alarum_rule_time_to_detect_seconds_count{rule_id="r1"} 1)",
           R"(alarum_rule_time_to_detect_seconds_count{rule_id="r2"} 0)",
           R"(alarum_rule_time_to_detect_seconds_count{rule_id="_other"} 2)",
           R"(alarum_incident_time_to_respond_seconds_bucket{level="high",le="0.25"} 1)",
           R"(alarum_incident_time_to_notify_seconds_count{level="high"} 0)",
           R"(alarum_incident_dwell_seconds_sum{level="high"} 90)",
           R"(alarum_rule_time_to_respond_seconds_sum{rule_id="r1"} 0.25)",
           R"(alarum_rule_time_to_contain_seconds_count{rule_id="r1"} 0)",
           R"(alarum_rule_time_to_contain_seconds_sum{rule_id="_other"} 8)",
           R"(alarum_ledger_damaged 0)",
           R"(alarum_outbox_full 0)",
           R"(alarum_actions_total{responder="firewall",outcome="done"} 5)",
           R"(alarum_actions_total{responder="firewall",outcome="in_doubt"} 0)",
           R"(alarum_actions_total{responder="chat",outcome="done"} 0)",
           R"(alarum_actions_ineffective_total{responder="firewall"} 1)",
           R"(alarum_actions_ineffective_total{responder="chat"} 0)",
           R"(alarum_blocks_active{responder="firewall"} 3)",
           R"(alarum_action_denied_total{guard="never_block"} 2)",
           R"(alarum_action_denied_total{guard="enforcer"} 0)",
           R"(alarum_breaker_tripped 0)",
           R"(alarum_action_queue_length{responder="firewall"} 7)",
           R"(alarum_action_queue_length{responder="chat"} 0)",
           R"(alarum_actions_under_way{responder="firewall"} 4)",
           R"(alarum_actions_failing 0)",
           R"(alarum_responder_broken{responder="firewall"} 0)",
           R"(alarum_responder_broken{responder="chat"} 0)",
       }) {
    INFO(line << "\nis not in\n" << text);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("actions that do not get on are seen as a whole and by responder") {
  StatusWorld world;
  world.responders.responders.front().is_open = true;
  world.responders.trouble = "no room";
  world.actions.is_tripped = true;
  const std::string text = metrics_text(world.status());

  CHECK(has_line(text, R"(alarum_responder_broken{responder="firewall"} 1)"));
  CHECK(has_line(text, "alarum_actions_failing 1"));
  CHECK(has_line(text, "alarum_breaker_tripped 1"));
}

TEST_CASE("rules and levels that never fired are there with 0") {
  StatusWorld world;
  world.line.rule_matches.clear();
  world.line.rule_nanoseconds.clear();
  world.line.alerts.clear();
  const std::string text = metrics_text(world.status());

  CHECK(has_line(text, R"(alarum_rule_matches_total{rule_id="r1"} 0)"));
  CHECK(has_line(text, R"(alarum_rule_matches_total{rule_id="r2"} 0)"));
  CHECK(has_line(text, R"(alarum_rule_evaluation_seconds_total{rule_id="r2"} 0)"));
  CHECK(has_line(text, R"(alarum_alerts_total{level="critical",kind="signature"} 0)"));
}

TEST_CASE("buckets are cumulated, and the last one holds everything") {
  const std::string text = metrics_text(StatusWorld().status());

  CHECK(has_line(text, R"(alarum_ingest_lag_seconds_bucket{source="windows",le="0.05"} 1)"));
  CHECK(has_line(text, R"(alarum_ingest_lag_seconds_bucket{source="windows",le="3600"} 1)"));
  CHECK(has_line(text, R"(alarum_ingest_lag_seconds_bucket{source="windows",le="+Inf"} 2)"));
  CHECK(has_line(text, R"(alarum_ingest_lag_seconds_count{source="windows"} 2)"));
  CHECK(has_line(text, R"(alarum_ingest_lag_seconds_sum{source="windows"} 7200.02)"));
  CHECK(has_line(text, R"(alarum_detection_lag_seconds_count{time_basis="event"} 1)"));
  CHECK(has_line(text, R"(alarum_detection_lag_seconds_count{time_basis="record"} 0)"));
}

TEST_CASE("a title with quotes, backslashes and line ends stays one label") {
  StatusWorld world;
  FieldTable fields;
  EventFormat format = *make_event_format("product=x", fields);
  auto rules = test::rules_of(test::rule_text("r", "product: x", "s: {a: 1}, condition: s"), fields);
  rules[0].title = "a \"b\" \\ c\nalarum_ready 0";
  world.line.plan = Plan::compile(std::move(rules), std::move(fields),
                                  SourceFormat{"windows", "product=x", std::move(format)}, {});
  const std::string text = metrics_text(world.status());

  strictly_read(text);
  CHECK(text.find(R"(title="a \"b\" \\ c\nalarum_ready 0")") != std::string::npos);
}

TEST_CASE("an outcome that is none of an action is no outcome in the metrics") {
  CHECK(metrics_text(StatusWorld().status()).find(R"(outcome="ineffective")") == std::string::npos);
}

/// The rows of docs/reference/metrics.md, as the program would write them.
std::string metrics_table() {
  std::string out = "| metric | labels | type | meaning |\n|---|---|---|---|\n";
  for (const auto& [name, family] : strictly_read(metrics_text(StatusWorld().status()))) {
    std::string labels;
    for (const std::string& label : family.labels) labels += (labels.empty() ? "`" : ", `") + label + "`";
    out += "| `" + name + "` | " + labels + " | " + family.type + " | " + family.help + " |\n";
  }
  return out;
}

TEST_CASE("the reference page has the metrics of the program") {
  const std::string begin = "<!-- metrics: begin -->\n";
  std::ostringstream page;
  page << std::ifstream(ALARUM_METRICS_PAGE).rdbuf();
  const std::string text = page.str();
  const std::size_t from = text.find(begin) + begin.size();
  const std::size_t to = text.find("<!-- metrics: end -->");
  REQUIRE(to != std::string::npos);

  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(ALARUM_METRICS_PAGE) << text.substr(0, from) + metrics_table() + text.substr(to);
  else
    CHECK(text.substr(from, to - from) == metrics_table());
}

}  // namespace
}  // namespace alarum

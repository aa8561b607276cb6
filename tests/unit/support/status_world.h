#pragma once

#include "daemon/service_status.h"
#include "tests/unit/support/event_world.h"

#include <string>
#include <utility>

/// A service that has something to show of everything.
namespace alarum::test {

/// 2026-01-02T03:04:05Z, when the service of a test made its status.
inline constexpr Timestamp status_time{1767323045'000000};

/// A status that tests change before they look at what is made of it. It is ready.
struct StatusWorld {
  StatusWorld() {
    line.plan = make_plan();
    line.as_of = status_time;
    line.commits = 7;
    line.rule_matches = {5, 0};
    line.rule_nanoseconds = {500'000'000, 0};
    line.alerts["high"] = 3;
    line.outbox_pending = 2;
    line.bytes = 4096;
    line.commit_duration.add(0.004);
    line.detection_lag.try_emplace(TimeBasis::event, lag_buckets).first->second.add(0.3);
    SourceStatus& source = line.sources["windows"];
    source.totals = {
        .evaluated = 100, .dead_letters = 4, .events = 101, .late_events = 2, .skewed_events = 1};
    source.client_addresses_recent = 17;
    source.ingest_lag.add(0.02);
    source.ingest_lag.add(7200);
    source.partitions[partition(0)] = progress(50, 20);
    source.partitions[partition(1)] = progress(54, 10);
    health = {true, "", {{partition(0), 11}, {partition(1), 0}}, status_time};
    delivery = {{{"soc", {40, 1, ""}}}, status_time};
    incidents.open[{3, IncidentState::fresh}] = {2, {status_time.microseconds - 60'000'000}};
    incidents.unacknowledged[3] = {3, {status_time.microseconds - 61'000'000}};
    incidents.at(3, IncidentPhase::detect).add(1.5);
    incidents.at(3, IncidentPhase::resolve).add(1200);
    incidents.unmeasured = {{"future", 3}};
    incidents.ledger_bytes = 4096;
    incidents.at(3, IncidentPhase::respond).add(0.25);
    incidents.dwell[3].add(90);
    incidents.responded_by_rule = {{"r1", {250'000, 1}}};
    incidents.contained_by_rule = {{"gone", {8'000'000, 1}}};
    actions.outcomes = {
        {{"firewall", "done"}, 5}, {{"firewall", "denied"}, 2}, {{"firewall", "ineffective"}, 1}};
    actions.held_by_guard = {{"never_block", 2}};
    actions.blocks_active = {{"firewall", 3}};
    actions.unfinished = {{"firewall", 7}};
    responders.responders = {{"firewall", 4, false}, {"chat", 0, false}};
    incidents.detected_by_rule = {{"r1", {1'500'000, 1}}, {"gone", {2'000'000, 2}}};
    reload.reloads = {{ReloadOutcome::done, 7}, {ReloadOutcome::failed, 2}};
  }

  /// A partition of the source `windows`.
  static PartitionId partition(std::int32_t number) { return {"windows", "win-events", number}; }

  /// Everything as the program would show it.
  ServiceStatus status() const {
    ServiceStatus out;
    out.version = "1.2.3";
    out.started_at = {status_time.microseconds - 90'000'000};
    out.as_of = status_time;
    out.heap_bytes = 1'234'567;
    out.line = std::make_shared<const LineStatus>(line);
    out.delivery = std::make_shared<const DeliveryStatus>(delivery);
    out.incidents = std::make_shared<const IncidentFigures>(incidents);
    out.actions = std::make_shared<const ActionFigures>(actions);
    out.responders = std::make_shared<const AllResponderFigures>(responders);
    out.sources["windows"] = std::make_shared<const SourceHealth>(health);
    out.rules_loaded = {{"signature", 2}};
    out.rules_rejected = {{"unknown_modifier", 1}};
    out.reload = reload;
    return out;
  }

  LineStatus line;
  DeliveryStatus delivery;
  IncidentFigures incidents;
  ActionFigures actions;
  AllResponderFigures responders;
  SourceHealth health;
  ReloadStatus reload{ReloadOutcome::done, status_time, status_time, ""};

 private:
  static std::shared_ptr<const Plan> make_plan() {
    FieldTable fields;
    EventFormat format = *make_event_format("product=x", fields);
    auto rules = rules_of(rule_text("r1", "product: x", "s: {a: 1}, condition: s", "level: high\n") +
                              rule_text("r2", "product: x", "s: {a: 2}, condition: s"),
                          fields);
    return Plan::compile(std::move(rules), std::move(fields),
                         SourceFormat{"windows", "product=x", std::move(format)}, {});
  }

  /// At `offset`, with the latest event so many seconds before the status.
  static PartitionProgress progress(std::int64_t offset, std::int64_t seconds_ago) {
    return {.next_offset = offset,
            .last_offset = offset - 1,
            .last_timestamp = status_time,
            .event_time_max = Timestamp{status_time.microseconds - seconds_ago * 1'000'000}};
  }
};

}  // namespace alarum::test

#include "daemon/metrics.h"

#include "daemon/action_metrics.h"
#include "daemon/incident_metrics.h"
#include "daemon/metric_family.h"
#include "daemon/pipeline/rule_timer.h"

#include <string>
#include <vector>

namespace alarum {
namespace {

constexpr const char* signature_kind = "signature";  // the only kind of rules so far

double timed_seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * RuleTimer::period / 1e9;
}

double seconds(Timestamp time) { return static_cast<double>(time.microseconds) / 1e6; }

void add_service(MetricFamilies& families, const ServiceStatus& status) {
  families.gauge("alarum_build_info", "The running version, as a label; always 1")
      .add(1, {{"version", status.version}});
  families.gauge("alarum_start_timestamp_seconds", "When the process began, Unix time")
      .add(seconds(status.started_at));
  families
      .gauge("alarum_heap_bytes",
             "Memory that is allocated and not freed; what is resident also has what the allocator keeps for "
             "later")
      .add(status.heap_bytes);
  families.gauge("alarum_ready", "Whether /readyz answers 200: 1 or 0").add(readiness(status).is_ready());
  families
      .gauge("alarum_config_last_reload_successful",
             "Whether all of what the last attempt to load configuration and rules found is in use: 1 or 0")
      .add(status.reload.is_successful());
  families
      .gauge("alarum_config_last_reload_success_timestamp_seconds",
             "When configuration and rules were last loaded with success, Unix time")
      .add(seconds(status.reload.succeeded_at));
  MetricFamily reloads =
      families.counter("alarum_config_reloads_total",
                       "Reloads since the process began, by what became of them: done; restart_needed, "
                       "the rules are in use and something else that has changed is not; failed, "
                       "everything is as it was");
  for (const ReloadOutcome outcome : reload_outcomes) {
    const auto known = status.reload.reloads.find(outcome);
    reloads.add(known == status.reload.reloads.end() ? 0 : known->second,
                {{"outcome", std::string(reload_outcome_name(outcome))}});
  }
}

/// One counter of every source, from its totals.
void add_total(MetricFamilies& families, const LineStatus& line, const char* name, const char* help,
               std::uint64_t OutcomeTotals::*total) {
  MetricFamily family = families.counter(name, help);
  for (const auto& [source, status] : line.sources) family.add(status.totals.*total, {{"source", source}});
}

void add_totals(MetricFamilies& families, const LineStatus& line) {
  {
    MetricFamily family =
        families.counter("alarum_records_total",
                         "Records by what became of them, each exactly once, since the state began; "
                         "counted when it is committed");
    for (const auto& [source, status] : line.sources) {
      family.add(status.totals.evaluated, {{"source", source}, {"outcome", "evaluated"}});
      family.add(status.totals.dead_letters, {{"source", source}, {"outcome", "dead_letter"}});
    }
  }
  add_total(families, line, "alarum_events_total", "Events that records held, since the state began",
            &OutcomeTotals::events);
  add_total(
      families, line, "alarum_late_events_total",
      "Events behind their source's watermark when they came, since the state began; signatures see them "
      "all the same",
      &OutcomeTotals::late_events);
  add_total(
      families, line, "alarum_clock_skew_events_total",
      "Events with a time later than could be, since the state began; the watermark takes a possible one",
      &OutcomeTotals::skewed_events);
  add_total(
      families, line, "alarum_gaps_total",
      "Times that records were gone before we could read them, since the state began: retention overtook "
      "us, or the topic was made anew",
      &OutcomeTotals::gaps);
  add_total(
      families, line, "alarum_gap_records_total",
      "Offsets that the gaps of alarum_gaps_total span, since the state began; how many records a topic "
      "held when it was deleted is not known",
      &OutcomeTotals::gap_records);
}

void add_sources(MetricFamilies& families, const ServiceStatus& status, const LineStatus& line) {
  MetricFamily connected =
      families.gauge("alarum_source_connected", "Whether a broker of the source answers: 1 or 0");
  for (const auto& [source, health] : status.sources)
    connected.add(health && health->connected, {{"source", source}});
  MetricFamily lag = families.gauge(
      "alarum_kafka_lag_records",
      "Records of a partition that are not committed yet: its end less our committed position");
  for (const auto& [source, health] : status.sources) {
    if (!health) continue;
    for (const PartitionLag& of : health->lags)
      lag.add(of.records, {{"source", source},
                           {"topic", of.partition.topic},
                           {"partition", std::to_string(of.partition.number)}});
  }
  MetricFamily watermarks =
      families.gauge("alarum_watermark_timestamp_seconds",
                     "Up to where events are taken as complete, Unix time: over the partitions of the "
                     "source the least of the latest event time, less the source's lateness");
  for (const auto& [source, unused] : line.sources) {
    if (const auto time = watermark(line, source)) watermarks.add(seconds(*time), {{"source", source}});
  }
  MetricFamily clients =
      families.gauge("alarum_client_addresses_recent",
                     "Distinct addresses of clients (source.ip) in the events of the last nine to ten "
                     "minutes, estimated with a standard error of 1.6 %");
  for (const auto& [source, of] : line.sources) clients.add(of.client_addresses_recent, {{"source", source}});
  families.counter("alarum_read_bytes_total", "Bytes of the records read, since the process began")
      .add(line.bytes);
}

void add_lags(MetricFamilies& families, const LineStatus& line) {
  MetricFamily ingest =
      families.histogram("alarum_ingest_lag_seconds",
                         "From broker time to reading: from the record's timestamp (the broker's append "
                         "time, or the producer's where the topic keeps that) to when alarumd read it; the "
                         "first record of each batch of a partition, at least 0");
  for (const auto& [source, status] : line.sources) ingest.add(status.ingest_lag, {{"source", source}});
  MetricFamily detection =
      families.histogram("alarum_detection_lag_seconds",
                         "From event time to detected_at, of each alert: from the time that the event "
                         "says (time_basis=event) or else its record's (time_basis=record) to just "
                         "before the alert is committed; at least 0");
  for (const TimeBasis basis : {TimeBasis::event, TimeBasis::record}) {
    const auto known = line.detection_lag.find(basis);
    detection.add(known == line.detection_lag.end() ? Histogram(lag_buckets) : known->second,
                  {{"time_basis", std::string(time_basis_name(basis))}});
  }
}

std::string stage_name(sigma::Extension::Stage stage) {
  using Stage = sigma::Extension::Stage;
  switch (stage) {
    case Stage::shadow: return "shadow";
    case Stage::alert: return "alert";
    case Stage::respond: return "respond";
  }
  return "respond";
}

void add_rules(MetricFamilies& families, const ServiceStatus& status, const LineStatus& line) {
  MetricFamily loaded = families.gauge("alarum_rules_loaded", "Rules in use, by kind");
  for (const auto& [kind, count] : status.rules_loaded) loaded.add(count, {{"kind", kind}});
  MetricFamily rejected = families.gauge(
      "alarum_rules_rejected", "Rules that the last load left out, by the reason of their first error");
  for (const auto& [reason, count] : status.rules_rejected) rejected.add(count, {{"reason", reason}});
  static const std::vector<sigma::Rule> no_rules;
  const std::vector<sigma::Rule>& rules = line.plan ? line.plan->rules() : no_rules;
  MetricFamily info = families.gauge("alarum_rule_info", "What a rule in use is, as labels; always 1");
  for (const sigma::Rule& rule : rules)
    info.add(1, {{"rule_id", rule.id},
                 {"title", rule.title},
                 {"level", rule.level},
                 {"status", rule.status},
                 {"stage", stage_name(rule.extension.stage)}});
  MetricFamily matches = families.counter(
      "alarum_rule_matches_total", "Events that a rule matched, in any stage, since the process began");
  for (std::size_t i = 0; i < rules.size(); ++i)
    matches.add(i < line.rule_matches.size() ? line.rule_matches[i] : 0, {{"rule_id", rules[i].id}});
  MetricFamily cost =
      families.counter("alarum_rule_evaluation_seconds_total",
                       "Time that workers spent on asking a rule, estimated, since the process began: every "
                       "61st event of a worker is timed by the wall clock and counts 61 times");
  static_assert(RuleTimer::period == 61, "the help above says so");
  for (std::size_t i = 0; i < rules.size(); ++i)
    cost.add(i < line.rule_nanoseconds.size() ? timed_seconds(line.rule_nanoseconds[i]) : 0.0,
             {{"rule_id", rules[i].id}});
}

void add_alerts(MetricFamilies& families, const LineStatus& line) {
  MetricFamily alerts = families.counter("alarum_alerts_total", "Alerts made, since the process began");
  for (const std::string_view word : incident_levels) {
    const std::string level(word);
    const auto known = line.alerts.find(level);
    alerts.add(known == line.alerts.end() ? 0 : known->second, {{"level", level}, {"kind", signature_kind}});
  }
}

void add_delivery(MetricFamilies& families, const DeliveryStatus& delivery, const LineStatus& line) {
  families.histogram("alarum_commit_duration_seconds", "How long a commit takes to be on disk")
      .add(line.commit_duration);
  families
      .gauge("alarum_outbox_pending",
             "Alerts and dead letters that are committed and have not arrived at every sink")
      .add(line.outbox_pending);
  families.gauge("alarum_outbox_full", "Whether the outbox is full, so that intake waits: 1 or 0")
      .add(line.outbox_full);
  MetricFamily delivered =
      families.counter("alarum_sink_delivered_total",
                       "Alerts and dead letters that arrived at a sink, since the process began");
  for (const auto& [name, sink] : delivery.sinks) delivered.add(sink.delivered, {{"sink", name}});
  MetricFamily refused =
      families.counter("alarum_sink_refused_total",
                       "Alerts and dead letters that a sink will never take, since the process began");
  for (const auto& [name, sink] : delivery.sinks) refused.add(sink.refused, {{"sink", name}});
  MetricFamily failing =
      families.gauge("alarum_sink_failing", "Whether something keeps the sink from delivering: 1 or 0");
  for (const auto& [name, sink] : delivery.sinks) failing.add(!sink.trouble.empty(), {{"sink", name}});
}

}  // namespace

std::string metrics_text(const ServiceStatus& status) {
  static const LineStatus no_line;
  static const DeliveryStatus no_delivery;
  const LineStatus& line = status.line ? *status.line : no_line;
  MetricFamilies families;
  add_service(families, status);
  add_totals(families, line);
  add_sources(families, status, line);
  add_lags(families, line);
  add_rules(families, status, line);
  add_alerts(families, line);
  add_delivery(families, status.delivery ? *status.delivery : no_delivery, line);
  add_incident_metrics(families, status);
  add_action_metrics(families, status);
  return families.text();
}

}  // namespace alarum

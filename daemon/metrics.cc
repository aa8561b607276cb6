#include "daemon/metrics.h"

#include "daemon/pipeline/rule_timer.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace alarum {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;
using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array<const char*, 5> levels = {"informational", "low", "medium", "high", "critical"};
constexpr const char* signature_kind = "signature";  // the only kind of rules so far

/// A family of `families`, by which its values are added.
class Family {
 public:
  Family(Families& families, MetricType type, const char* name, const char* help)
      : families_(families), index_(families.size()), type_(type) {
    families.push_back({name, help, type, {}});
  }

  template <class Number>
  void add(Number value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (type_ == MetricType::Counter ? metric.counter.value : metric.gauge.value) = static_cast<double>(value);
    families_[index_].metric.push_back(std::move(metric));
  }

  /// Prometheus wants buckets cumulated, and one for everything.
  void add(const Histogram& histogram, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
      count += histogram.counts()[i];
      const bool is_last = i == histogram.bounds().size();
      const double bound = is_last ? std::numeric_limits<double>::infinity() : histogram.bounds()[i];
      metric.histogram.bucket.push_back({count, bound});
    }
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = histogram.sum();
    families_[index_].metric.push_back(std::move(metric));
  }

 private:
  Families& families_;
  std::size_t index_;
  MetricType type_;
};

Family counter(Families& families, const char* name, const char* help) {
  return {families, MetricType::Counter, name, help};
}

Family gauge(Families& families, const char* name, const char* help) {
  return {families, MetricType::Gauge, name, help};
}

Family histogram(Families& families, const char* name, const char* help) {
  return {families, MetricType::Histogram, name, help};
}

double timed_seconds(std::uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) * RuleTimer::period / 1e9;
}

double seconds(Timestamp time) { return static_cast<double>(time.microseconds) / 1e6; }

void add_service(Families& families, const ServiceStatus& status) {
  gauge(families, "alarum_build_info", "The running version, as a label; always 1")
      .add(1, {{"version", status.version}});
  gauge(families, "alarum_start_timestamp_seconds", "When the process began, Unix time")
      .add(seconds(status.started_at));
  gauge(
      families, "alarum_heap_bytes",
      "Memory that is allocated and not freed; what is resident also has what the allocator keeps for later")
      .add(status.heap_bytes);
  gauge(families, "alarum_ready", "Whether /readyz answers 200: 1 or 0").add(readiness(status).is_ready());
  gauge(families, "alarum_config_last_reload_successful",
        "Whether all of what the last attempt to load configuration and rules found is in use: 1 or 0")
      .add(status.reload.is_successful());
  gauge(families, "alarum_config_last_reload_success_timestamp_seconds",
        "When configuration and rules were last loaded with success, Unix time")
      .add(seconds(status.reload.succeeded_at));
  Family reloads = counter(families, "alarum_config_reloads_total",
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
void add_total(Families& families, const LineStatus& line, const char* name, const char* help,
               std::uint64_t OutcomeTotals::*total) {
  Family family = counter(families, name, help);
  for (const auto& [source, status] : line.sources) family.add(status.totals.*total, {{"source", source}});
}

void add_totals(Families& families, const LineStatus& line) {
  {
    Family family = counter(families, "alarum_records_total",
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

void add_sources(Families& families, const ServiceStatus& status, const LineStatus& line) {
  Family connected =
      gauge(families, "alarum_source_connected", "Whether a broker of the source answers: 1 or 0");
  for (const auto& [source, health] : status.sources)
    connected.add(health && health->connected, {{"source", source}});
  Family lag =
      gauge(families, "alarum_kafka_lag_records",
            "Records of a partition that are not committed yet: its end less our committed position");
  for (const auto& [source, health] : status.sources) {
    if (!health) continue;
    for (const PartitionLag& of : health->lags)
      lag.add(of.records, {{"source", source},
                           {"topic", of.partition.topic},
                           {"partition", std::to_string(of.partition.number)}});
  }
  Family watermarks = gauge(families, "alarum_watermark_timestamp_seconds",
                            "Up to where events are taken as complete, Unix time: over the partitions of the "
                            "source the least of the latest event time, less the source's lateness");
  for (const auto& [source, unused] : line.sources) {
    if (const auto time = watermark(line, source)) watermarks.add(seconds(*time), {{"source", source}});
  }
  Family clients = gauge(families, "alarum_client_addresses_recent",
                         "Distinct addresses of clients (source.ip) in the events of the last nine to ten "
                         "minutes, estimated with a standard error of 1.6 %");
  for (const auto& [source, of] : line.sources) clients.add(of.client_addresses_recent, {{"source", source}});
  counter(families, "alarum_read_bytes_total", "Bytes of the records read, since the process began")
      .add(line.bytes);
}

void add_lags(Families& families, const LineStatus& line) {
  Family ingest =
      histogram(families, "alarum_ingest_lag_seconds",
                "From broker time to reading: from the record's timestamp (the broker's append "
                "time, or the producer's where the topic keeps that) to when alarumd read it; the "
                "first record of each batch of a partition, at least 0");
  for (const auto& [source, status] : line.sources) ingest.add(status.ingest_lag, {{"source", source}});
  Family detection = histogram(families, "alarum_detection_lag_seconds",
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

void add_rules(Families& families, const ServiceStatus& status, const LineStatus& line) {
  Family loaded = gauge(families, "alarum_rules_loaded", "Rules in use, by kind");
  for (const auto& [kind, count] : status.rules_loaded) loaded.add(count, {{"kind", kind}});
  Family rejected = gauge(families, "alarum_rules_rejected",
                          "Rules that the last load left out, by the reason of their first error");
  for (const auto& [reason, count] : status.rules_rejected) rejected.add(count, {{"reason", reason}});
  static const std::vector<sigma::Rule> no_rules;
  const std::vector<sigma::Rule>& rules = line.plan ? line.plan->rules() : no_rules;
  Family info = gauge(families, "alarum_rule_info", "What a rule in use is, as labels; always 1");
  for (const sigma::Rule& rule : rules)
    info.add(1, {{"rule_id", rule.id},
                 {"title", rule.title},
                 {"level", rule.level},
                 {"status", rule.status},
                 {"stage", stage_name(rule.extension.stage)}});
  Family matches = counter(families, "alarum_rule_matches_total",
                           "Events that a rule matched, in any stage, since the process began");
  for (std::size_t i = 0; i < rules.size(); ++i)
    matches.add(i < line.rule_matches.size() ? line.rule_matches[i] : 0, {{"rule_id", rules[i].id}});
  Family cost = counter(families, "alarum_rule_evaluation_seconds_total",
                        "Time that workers spent on asking a rule, estimated, since the process began: every "
                        "61st event of a worker is timed by the wall clock and counts 61 times");
  static_assert(RuleTimer::period == 61, "the help above says so");
  for (std::size_t i = 0; i < rules.size(); ++i)
    cost.add(i < line.rule_nanoseconds.size() ? timed_seconds(line.rule_nanoseconds[i]) : 0.0,
             {{"rule_id", rules[i].id}});
}

void add_alerts(Families& families, const LineStatus& line) {
  Family alerts = counter(families, "alarum_alerts_total", "Alerts made, since the process began");
  for (const char* const level : levels) {
    const auto known = line.alerts.find(level);
    alerts.add(known == line.alerts.end() ? 0 : known->second, {{"level", level}, {"kind", signature_kind}});
  }
}

void add_delivery(Families& families, const DeliveryStatus& delivery, const LineStatus& line) {
  histogram(families, "alarum_commit_duration_seconds", "How long a commit takes to be on disk")
      .add(line.commit_duration);
  gauge(families, "alarum_outbox_pending",
        "Alerts and dead letters that are committed and have not arrived at every sink")
      .add(line.outbox_pending);
  Family delivered = counter(families, "alarum_sink_delivered_total",
                             "Alerts and dead letters that arrived at a sink, since the process began");
  for (const auto& [name, sink] : delivery.sinks) delivered.add(sink.delivered, {{"sink", name}});
  Family refused = counter(families, "alarum_sink_refused_total",
                           "Alerts and dead letters that a sink will never take, since the process began");
  for (const auto& [name, sink] : delivery.sinks) refused.add(sink.refused, {{"sink", name}});
  Family failing =
      gauge(families, "alarum_sink_failing", "Whether something keeps the sink from delivering: 1 or 0");
  for (const auto& [name, sink] : delivery.sinks) failing.add(!sink.trouble.empty(), {{"sink", name}});
}

}  // namespace

std::string metrics_text(const ServiceStatus& status) {
  static const LineStatus no_line;
  static const DeliveryStatus no_delivery;
  const LineStatus& line = status.line ? *status.line : no_line;
  Families families;
  add_service(families, status);
  add_totals(families, line);
  add_sources(families, status, line);
  add_lags(families, line);
  add_rules(families, status, line);
  add_alerts(families, line);
  add_delivery(families, status.delivery ? *status.delivery : no_delivery, line);
  return prometheus::TextSerializer().Serializer::Serialize(families);
}

}  // namespace alarum

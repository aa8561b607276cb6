#include "daemon/api/status_json.h"

#include "daemon/base/json_writer.h"
#include "daemon/base/printable.h"

#include <array>
#include <cstdio>

namespace alarum {
namespace {

void write_text(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key).text(printable(text));
}

template <class Number>
void write_count(JsonWriter& json, std::string_view key, Number count) {
  json.key(key).number(static_cast<std::int64_t>(count));
}

void write_rate(JsonWriter& json, std::string_view key, double rate) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", rate);
  json.key(key).raw(text.data());
}

void write_time(JsonWriter& json, std::string_view key, std::optional<Timestamp> time) {
  json.key(key);
  time ? json.text(format_time(*time)) : json.null();
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.text(printable(text));
  json.end_array();
}

template <class Counts>
void write_counts(JsonWriter& json, std::string_view key, const Counts& counts) {
  json.key(key).begin_object();
  for (const auto& [name, count] : counts) write_count(json, printable(name), count);
  json.end_object();
}

/// By partition, how far behind its end we are, where that is known.
std::map<PartitionId, std::int64_t> lags_of(const SourceHealth* health) {
  std::map<PartitionId, std::int64_t> out;
  if (health == nullptr) return out;
  for (const PartitionLag& lag : health->lags) out[lag.partition] = lag.records;
  return out;
}

void write_partitions(JsonWriter& json, const SourceStatus& source,
                      const std::map<PartitionId, std::int64_t>& lags) {
  json.key("partitions").begin_array();
  for (const auto& [id, progress] : source.partitions) {
    json.begin_object();
    write_text(json, "topic", id.topic);
    write_count(json, "partition", id.number);
    write_count(json, "next_offset", progress.next_offset);
    const auto lag = lags.find(id);
    json.key("lag_records");
    lag == lags.end() ? json.null() : json.number(lag->second);
    write_time(json, "event_time_max", progress.event_time_max);
    json.end_object();
  }
  json.end_array();
}

void write_totals(JsonWriter& json, const OutcomeTotals& totals) {
  write_count(json, "evaluated", totals.evaluated);
  write_count(json, "dead_letters", totals.dead_letters);
  write_count(json, "events", totals.events);
  write_count(json, "late_events", totals.late_events);
  write_count(json, "clock_skew_events", totals.skewed_events);
  write_count(json, "gaps", totals.gaps);
  write_count(json, "gap_records", totals.gap_records);
}

void write_source(JsonWriter& json, const ServiceStatus& status, const std::string& name,
                  const SourceHealth* health, const SourceRates& rates) {
  static const SourceStatus nothing;
  const SourceStatus* source = &nothing;
  if (status.line && status.line->sources.contains(name)) source = &status.line->sources.at(name);
  const auto lags = lags_of(health);
  std::int64_t lag = 0;
  for (const auto& [id, records] : lags) lag += records;
  const auto rate = rates.find(name);

  json.begin_object();
  write_text(json, "name", name);
  json.key("connected").boolean(health != nullptr && health->connected);
  write_text(json, "trouble", health == nullptr ? "" : health->trouble);
  write_rate(json, "records_per_second", rate == rates.end() ? 0 : rate->second.records);
  write_rate(json, "events_per_second", rate == rates.end() ? 0 : rate->second.events);
  write_count(json, "lag_records", lag);
  write_time(json, "watermark", status.line ? watermark(*status.line, name) : std::nullopt);
  write_totals(json, source->totals);
  write_count(json, "client_addresses_recent", source->client_addresses_recent);
  write_partitions(json, *source, lags);
  json.end_object();
}

void write_line(JsonWriter& json, const ServiceStatus& status) {
  static const LineStatus nothing;
  const LineStatus& line = status.line ? *status.line : nothing;
  write_counts(json, "alerts", line.alerts);
  write_count(json, "commits", line.commits);
  json.key("state").begin_object();
  write_text(json, "trouble", line.store_trouble);
  json.end_object().key("outbox").begin_object();
  write_count(json, "pending", line.outbox_pending);
  json.key("full").boolean(line.outbox_full).end_object();
}

void write_sinks(JsonWriter& json, const ServiceStatus& status) {
  json.key("sinks").begin_array();
  if (status.delivery) {
    for (const auto& [name, sink] : status.delivery->sinks) {
      json.begin_object();
      write_text(json, "name", name);
      write_count(json, "delivered", sink.delivered);
      write_count(json, "refused", sink.refused);
      write_text(json, "trouble", sink.trouble);
      json.end_object();
    }
  }
  json.end_array();
}

void write_actions(JsonWriter& json, const ServiceStatus& status) {
  static const ActionFigures no_figures;
  static const AllResponderFigures no_responders;
  const ActionFigures& figures = status.actions ? *status.actions : no_figures;
  const AllResponderFigures& all = status.responders ? *status.responders : no_responders;
  json.key("actions").begin_object();
  write_text(json, "trouble", all.trouble);
  json.key("breaker_tripped").boolean(figures.is_tripped);
  std::vector<std::string> broken;
  for (const ResponderFigures& responder : all.responders) {
    if (responder.is_open) broken.push_back(responder.name);
  }
  write_texts(json, "broken_responders", broken);
  write_counts(json, "blocks_active", figures.blocks_active);
  write_counts(json, "waiting", figures.unfinished);
  json.end_object();
}

}  // namespace

std::string status_json(const ServiceStatus& status, const SourceRates& rates) {
  const Readiness ready = readiness(status);
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.status/1");
  write_text(json, "version", status.version);
  write_time(json, "started_at", status.started_at);
  write_time(json, "as_of", status.as_of);
  json.key("ready").boolean(ready.is_ready());
  write_texts(json, "reasons", ready.reasons);
  write_texts(json, "warnings", ready.warnings);
  json.key("sources").begin_array();
  for (const auto& [name, health] : status.sources) write_source(json, status, name, health.get(), rates);
  json.end_array().key("rules").begin_object();
  write_counts(json, "loaded", status.rules_loaded);
  write_counts(json, "rejected", status.rules_rejected);
  json.end_object();
  write_line(json, status);
  write_sinks(json, status);
  write_actions(json, status);
  json.key("reload").begin_object().key("successful").boolean(status.reload.is_successful());
  write_text(json, "outcome", reload_outcome_name(status.reload.outcome));
  write_time(json, "at", status.reload.at);
  write_time(json, "succeeded_at", status.reload.succeeded_at);
  write_text(json, "message", status.reload.message);
  json.end_object().end_object();
  return out;
}

}  // namespace alarum

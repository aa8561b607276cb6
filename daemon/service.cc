#include "daemon/service.h"

#include "daemon/base/log.h"
#include "daemon/files/line_sink.h"
#include "daemon/kafka/kafka_sink.h"
#include "daemon/kafka/kafka_source.h"

#include <thread>

namespace alarum {
namespace {

/// How long the end may take: what is not committed by then is read again by the next start.
constexpr std::chrono::seconds finish_patience{8};

KafkaSettings kafka_settings(const std::vector<std::string>& brokers, const Properties& properties) {
  return {brokers, {properties.begin(), properties.end()}};
}

KafkaPosition position_of(const KafkaStart& start) {
  switch (start.kind) {
    case KafkaStart::Kind::latest: return {KafkaPosition::Kind::latest, {}};
    case KafkaStart::Kind::time: return {KafkaPosition::Kind::time, start.time};
    case KafkaStart::Kind::earliest: break;
  }
  return {KafkaPosition::Kind::earliest, {}};
}

Result<std::unique_ptr<Sink>> open_kafka_sink(const std::string& name, const KafkaTargetConfig& target) {
  TRY(std::unique_ptr<Sink> sink,
      KafkaSink::open({name, kafka_settings(target.brokers, target.properties), target.topic}));
  return sink;
}

Result<std::unique_ptr<Sink>> open_responder(const ResponderConfig& responder) {
  if (responder.kind == ResponderConfig::Kind::kafka) return open_kafka_sink(responder.name, responder.kafka);
  const bool is_file = responder.kind == ResponderConfig::Kind::file;
  TRY(std::unique_ptr<Sink> sink, LineSink::open(responder.name, is_file ? responder.path : "-"));
  return sink;
}

std::size_t worker_count(const DaemonConfig& config) {
  return config.workers > 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

std::string service_version() { return ALARUM_VERSION; }

Result<std::unique_ptr<Service>> Service::start(const DaemonConfig& config, LoadedPlan plan) {
  std::unique_ptr<Service> out(new Service());
  out->started_at_ = out->clock_.wall();
  out->reload_ = {ReloadOutcome::done, out->started_at_, out->started_at_, ""};
  const std::size_t workers = worker_count(config);
  TRY_OK(out->open_state(config.state.path));
  TRY_OK(out->open_sources(config, workers));
  TRY_OK(out->open_sinks(config));
  out->start_line(config, std::move(plan), workers);
  TRY_OK(out->open_doors(config));
  return out;
}

Service::~Service() = default;

Status Service::open_state(const std::string& folder) {
  TRY(auto bytes, open_rocksdb(folder));
  store_ = std::make_unique<StateStore>(std::move(bytes));
  TRY(state_, store_->load());
  TRY(auto crash_record, CrashRecord::open(folder));
  crash_record_ = std::make_unique<CrashRecord>(std::move(crash_record));
  return crash_record_->settle(state_.partitions);
}

Status Service::open_sources(const DaemonConfig& config, std::size_t workers) {
  for (const SourceConfig& source : config.sources) {
    TRY(std::unique_ptr<Source> opened,
        KafkaSource::open({source.name, kafka_settings(source.kafka.brokers, source.kafka.properties),
                           source.kafka.topics, position_of(source.kafka.start), source.group},
                          workers));
    sources_.push_back(std::move(opened));
  }
  return {};
}

Status Service::open_sinks(const DaemonConfig& config) {
  for (const ResponderConfig& responder : config.responders) {
    TRY(auto sink, open_responder(responder));
    channels_.push_back({sink.get(), OutboxKind::alert});
    sinks_.push_back(std::move(sink));
  }
  if (config.responders.empty()) log::warn("no responder takes alerts: they are only counted");
  const DeadLetterConfig& letters = config.dead_letter;
  if (letters.kind == DeadLetterConfig::Kind::none) return {};
  const std::string name = "dead letters";  // no responder is called so: their names have no spaces
  if (letters.kind == DeadLetterConfig::Kind::kafka) {
    TRY(auto sink, open_kafka_sink(name, letters.kafka));
    sinks_.push_back(std::move(sink));
  } else {
    TRY(auto sink, LineSink::open(name, letters.path));
    sinks_.push_back(std::move(sink));
  }
  channels_.push_back({sinks_.back().get(), OutboxKind::dead_letter});
  return {};
}

void Service::start_line(const DaemonConfig& config, LoadedPlan plan, std::size_t workers) {
  rules_loaded_ = std::move(plan.rules_loaded);
  rules_rejected_ = std::move(plan.rules_rejected);
  Line::Settings settings;
  settings.workers = workers;
  settings.worker.delta_records_max = config.state.commit_records_max;
  settings.committer.interval = config.state.commit_interval;
  settings.committer.outbox_max = config.state.outbox_max;
  std::vector<Source*> sources;
  for (const auto& source : sources_) sources.push_back(source.get());
  line_ = std::make_unique<Line>(std::exchange(state_, {}), std::move(plan.plan), crash_record_->poison(),
                                 Line::Parts{*store_, std::move(sources), channels_, clock_}, settings);
  threads_ = std::make_unique<LineThreads>(*line_);
  crash_record_->arm(line_->in_hand());
}

Status Service::open_doors(const DaemonConfig& config) {
  const StatusProvider provider = [this] { return status(); };
  HttpServer::Options http;
  http.listen = config.http.listen;
  TRY(http_, HttpServer::start(http, provider));
  ControlServer::Options control;
  control.path = config.control.socket;
  TRY(control_, ControlServer::start(control, provider));
  return {};
}

void Service::adopt(LoadedPlan plan, std::string needs_restart) {
  line_->adopt(std::move(plan.plan));
  const std::lock_guard lock(shown_mutex_);
  rules_loaded_ = std::move(plan.rules_loaded);
  rules_rejected_ = std::move(plan.rules_rejected);
  const ReloadOutcome outcome = needs_restart.empty() ? ReloadOutcome::done : ReloadOutcome::restart_needed;
  note_reload(outcome, std::move(needs_restart));
}

void Service::note_failed_reload(std::string reason) {
  const std::lock_guard lock(shown_mutex_);
  note_reload(ReloadOutcome::failed, std::move(reason));
}

void Service::note_reload(ReloadOutcome outcome, std::string message) {
  reload_.outcome = outcome;
  reload_.at = clock_.wall();
  if (outcome == ReloadOutcome::done) reload_.succeeded_at = reload_.at;
  reload_.message = std::move(message);
  ++reload_.reloads[outcome];
}

Status Service::finish() { return threads_->finish(finish_patience); }

bool Service::check_progress() {
  if (const Status settled = crash_record_->settle(positions()); !settled)
    log::warn("poison that is committed cannot be forgotten", {{"error", settled.error().message}});
  auto now = threads_->heartbeats();
  bool all_moved = true;
  for (std::size_t i = 0; i < heartbeats_.size(); ++i) all_moved = all_moved && now[i] != heartbeats_[i];
  heartbeats_ = std::move(now);
  return all_moved;
}

std::map<PartitionId, PartitionProgress> Service::positions() const {
  std::map<PartitionId, PartitionProgress> out;
  for (const auto& [name, source] : line_->status()->sources)
    out.insert(source.partitions.begin(), source.partitions.end());
  return out;
}

ServiceStatus Service::status() const {
  ServiceStatus out;
  out.version = service_version();
  out.started_at = started_at_;
  out.as_of = SystemClock().wall();
  out.line = line_->status();
  out.delivery = line_->delivery_status();
  for (std::size_t i = 0; i < sources_.size(); ++i)
    out.sources[sources_[i]->name()] = line_->source_health(i);
  const std::lock_guard lock(shown_mutex_);
  out.rules_loaded = rules_loaded_;
  out.rules_rejected = rules_rejected_;
  out.reload = reload_;
  return out;
}

}  // namespace alarum

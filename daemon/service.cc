#include "daemon/service.h"

#include "daemon/base/ensure.h"
#include "daemon/base/log.h"
#include "daemon/files/line_sink.h"
#include "daemon/kafka/kafka_sink.h"
#include "daemon/kafka/kafka_source.h"
#include "daemon/reload_check.h"
#include "daemon/respond/heard_until.h"
#include "daemon/respond/ledger_sink.h"

#include <algorithm>
#include <random>
#include <thread>

namespace alarum {
namespace {

/// How long the end may take: what is not committed by then is read again by the next start.
constexpr std::chrono::seconds finish_patience{8};
/// And then for what was asked of responders to come back: otherwise the next start has to find out.
constexpr std::chrono::milliseconds response_patience{500};

KafkaSettings kafka_settings(const std::vector<std::string>& brokers, const Properties& properties,
                             ConnectedPeers& peers) {
  return {brokers, {properties.begin(), properties.end()}, &peers};
}

KafkaPosition position_of(const KafkaStart& start) {
  switch (start.kind) {
    case KafkaStart::Kind::latest: return {KafkaPosition::Kind::latest, {}};
    case KafkaStart::Kind::time: return {KafkaPosition::Kind::time, start.time};
    case KafkaStart::Kind::earliest: break;
  }
  return {KafkaPosition::Kind::earliest, {}};
}

Result<std::unique_ptr<Sink>> open_kafka_sink(const std::string& name, const KafkaTargetConfig& target,
                                              ConnectedPeers& peers) {
  TRY(std::unique_ptr<Sink> sink,
      KafkaSink::open({name, kafka_settings(target.brokers, target.properties, peers), target.topic}));
  return sink;
}

Result<std::unique_ptr<Sink>> open_responder(const ResponderConfig& responder, ConnectedPeers& peers) {
  if (responder.kind == ResponderConfig::Kind::kafka)
    return open_kafka_sink(responder.name, responder.kafka, peers);
  const bool is_file = responder.kind == ResponderConfig::Kind::file;
  TRY(std::unique_ptr<Sink> sink, LineSink::open(responder.name, is_file ? responder.path : "-"));
  return sink;
}

/// How many clients were seen lately; of several sources that may be the same ones. Nothing before it has
/// been counted for as long as that.
std::optional<std::uint64_t> recent_clients(const LineStatus& line, Duration counted_for) {
  if (counted_for < clients_window) return std::nullopt;
  std::uint64_t out = 0;
  for (const auto& [name, source] : line.sources) out = std::max(out, source.client_addresses_recent);
  return out;
}

std::size_t worker_count(const DaemonConfig& config) {
  return config.workers > 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

std::string service_version() { return ALARUM_VERSION; }

Result<std::unique_ptr<Service>> Service::start(const DaemonConfig& config, LoadedService loaded,
                                                ConnectedPeers& peers) {
  std::unique_ptr<Service> out(new Service(peers));
  out->started_at_ = out->clock_.wall();
  out->reload_ = {ReloadOutcome::done, out->started_at_, out->started_at_, ""};
  const std::size_t workers = worker_count(config);
  TRY_OK(out->open_state(config.state.path));
  TRY_OK(out->open_ledger(config));
  TRY_OK(out->open_sources(config, workers));
  TRY_OK(out->open_sinks(config));
  TRY_OK(out->open_dispatcher(config, loaded));
  TRY_OK(out->open_commands(config));
  out->start_line(config, std::move(loaded.plan), workers);
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
        KafkaSource::open({source.name, kafka_settings(source.kafka.brokers, source.kafka.properties, peers_),
                           source.kafka.topics, position_of(source.kafka.start), source.group},
                          workers));
    sources_.push_back(std::move(opened));
  }
  return {};
}

Status Service::open_ledger(const DaemonConfig& config) {
  const IncidentsConfig& incidents = config.incidents;
  LedgerSink::OutboxPosition outbox{std::nullopt, state_.last_sequence};
  if (const auto known = state_.delivered.find(std::string(ledger_name)); known != state_.delivered.end())
    outbox.delivered = known->second;
  LedgerSink::Ports ports{incidents_,
                          actions_,
                          ledger_damage_,
                          clock_,
                          [this] { dispatcher_->wake(); },
                          [](Duration time) { std::this_thread::sleep_for(time); }};
  TRY(auto sink, LedgerSink::open({config.ledger.path,
                                   {incidents.within, incidents.entity_types, incidents.shared_values}},
                                  outbox, std::move(ports)));
  channels_.push_back({.sink = sink.get(), .hears_all = true, .is_apart = true});
  sinks_.push_back(std::move(sink));
  return {};
}

Status Service::open_dispatcher(const DaemonConfig& config, LoadedService& loaded) {
  response_ = loaded.response;
  made_ = response_->playbooks.responders;
  std::vector<ActionTarget> targets;
  for (MadeResponder& made : loaded.responders) {
    const auto& known = response_->playbooks.responders;
    const auto found = std::find_if(known.begin(), known.end(), [&](const PlaybookResponder& responder) {
      return responder.name == made.name;
    });
    ENSURE(found != known.end(), "playbooks know every responder");
    targets.push_back({*found, made.delivery, std::move(made.responder)});
  }
  Dispatcher::Ports ports{
      .responders = responder_figures_,
      .damage = ledger_damage_,
      .clock = clock_,
      .peers = peers_,
      .resolv_conf = "/etc/resolv.conf",
      .effect = {[this](std::shared_ptr<const WatchList> list) { line_->watch(std::move(list)); },
                 [this] { return effect_news(); }},
      .clients = [this,
                  begun =
                      clock_.steady()] { return recent_clients(*line_->status(), clock_.steady() - begun); },
      .random =
          [device = std::make_shared<std::random_device>()] {
            return (std::uint64_t{(*device)()} << 32U) | (*device)();
          }};
  TRY(dispatcher_, Dispatcher::open(config.ledger.path, std::move(targets), response_, std::move(ports)));
  return {};
}

/// What sources have told: how they are is asked for first, so that it is not younger than what was
/// committed.
EffectNews Service::effect_news() const {
  std::map<std::string, std::shared_ptr<const SourceHealth>> healths;
  for (std::size_t i = 0; i < sources_.size(); ++i) healths[sources_[i]->name()] = line_->source_health(i);
  const auto status = line_->status();
  EffectNews out;
  for (const auto& [name, source] : status->sources) {
    out.hits[name] = source.watched;
    const auto health = healths.find(name);
    const SourcePlan* const plan = status->plan->find_source(name);
    if (health == healths.end() || health->second == nullptr || plan == nullptr) continue;
    const auto heard = heard_until(source.partitions, status->as_of, *health->second, plan->lateness());
    if (heard) out.heard[name] = *heard;
  }
  return out;
}

Status Service::open_commands(const DaemonConfig& config) {
  const std::string& analysts = config.control.analyst_group;
  TRY(incident_commands_, IncidentCommands::open(config.ledger.path, analysts, clock_, ledger_damage_));
  publish_action_rules();
  TRY(action_commands_,
      ActionCommands::open(config.ledger.path, analysts, action_rules_, clock_, ledger_damage_));
  return {};
}

/// What people may order is bounded by what is in use.
void Service::publish_action_rules() {
  auto rules = std::make_shared<ActionRules>();
  rules->guard_rails = response_->guard_rails;
  for (const PlaybookResponder& responder : response_->playbooks.responders) {
    if (responder.nature == ResponderNature::blocking)
      rules->blockers.push_back({responder.name, responder.mode});
  }
  action_rules_.publish(std::move(rules));
}

Status Service::open_sinks(const DaemonConfig& config) {
  for (const ResponderConfig& responder : config.responders) {
    if (responder.kind == ResponderConfig::Kind::driven) continue;
    TRY(auto sink, open_responder(responder, peers_));
    channels_.push_back({sink.get(), OutboxKind::alert});
    sinks_.push_back(std::move(sink));
  }
  if (config.responders.empty()) log::warn("no responder tells of alerts: they are in the ledger only");
  const DeadLetterConfig& letters = config.dead_letter;
  if (letters.kind == DeadLetterConfig::Kind::none) return {};
  const std::string name = "dead letters";  // no responder is called so: their names have no spaces
  if (letters.kind == DeadLetterConfig::Kind::kafka) {
    TRY(auto sink, open_kafka_sink(name, letters.kafka, peers_));
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
  response_thread_ = std::make_unique<ResponseThread>(*dispatcher_);
  crash_record_->arm(line_->in_hand());
}

Status Service::open_doors(const DaemonConfig& config) {
  const StatusProvider provider = [this] { return status(); };
  HttpServer::Options http;
  http.listen = config.http.listen;
  TRY(http_, HttpServer::start(http, provider));
  ControlServer::Options control;
  control.path = config.control.socket;
  const ControlHandler handler = [this](const ControlRequest& request, const PeerCredentials& peer) {
    return ActionCommands::answers(request.command()) ? action_commands_->answer(request, peer)
                                                      : incident_commands_->answer(request, peer);
  };
  TRY(control_, ControlServer::start(control, provider, handler));
  return {};
}

/// What is done about alerts comes first: an alert of a rule that has changed is to find its new revision,
/// which is in its canary time.
std::string Service::adopt(LoadedService loaded) {
  std::string needs_restart = std::move(loaded.needs_restart);
  if (!adopt_response(*loaded.response))
    needs_restart.append(needs_restart.empty() ? "" : ", ").append("playbooks");
  line_->adopt(std::move(loaded.plan.plan));
  const std::lock_guard lock(shown_mutex_);
  rules_loaded_ = std::move(loaded.plan.rules_loaded);
  rules_rejected_ = std::move(loaded.plan.rules_rejected);
  note_reload(needs_restart.empty() ? ReloadOutcome::done : ReloadOutcome::restart_needed, needs_restart);
  return needs_restart;
}

/// Whether its playbooks are among what is in use now.
bool Service::adopt_response(const ResponsePlan& next) {
  ResponseBeside beside = response_beside(next, *response_, made_);
  response_ = std::move(beside.plan);
  dispatcher_->adopt(response_);
  publish_action_rules();
  return !beside.keeps_playbooks;
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

Status Service::finish() {
  Status out = threads_->finish(finish_patience);
  response_thread_->finish(response_patience);
  return out;
}

bool Service::check_progress() {
  if (const Status settled = crash_record_->settle(positions()); !settled)
    log::warn("poison that is committed cannot be forgotten", {{"error", settled.error().message}});
  auto now = threads_->heartbeats();
  now.push_back(response_thread_->heartbeat());
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
  out.incidents = incidents_.get();
  out.actions = actions_.get();
  out.responders = responder_figures_.get();
  out.is_ledger_damaged = ledger_damage_.is_found();
  for (std::size_t i = 0; i < sources_.size(); ++i)
    out.sources[sources_[i]->name()] = line_->source_health(i);
  const std::lock_guard lock(shown_mutex_);
  out.rules_loaded = rules_loaded_;
  out.rules_rejected = rules_rejected_;
  out.reload = reload_;
  return out;
}

}  // namespace alarum

#pragma once

#include "config/daemon_config.h"
#include "daemon/api/action_commands.h"
#include "daemon/api/control_server.h"
#include "daemon/api/http_server.h"
#include "daemon/api/incident_commands.h"
#include "daemon/base/clock.h"
#include "daemon/base/connected_peers.h"
#include "daemon/crash_record.h"
#include "daemon/loaded_service.h"
#include "daemon/pipeline/line.h"
#include "daemon/pipeline/line_threads.h"
#include "daemon/respond/action_figures.h"
#include "daemon/respond/dispatcher.h"
#include "daemon/respond/incident_figures.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/response_thread.h"
#include "daemon/service_status.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace alarum {

/// alarumd without its signals: sources, line, sinks, HTTP and control socket, made from a configuration and
/// ended in reverse. One thread, but for `status`.
class Service {
 public:
  /// Opens everything and starts the threads. The error says what is in the way; nothing is left behind then.
  /// `peers` hears whom it connects to, is what blocks must not hit, and outlives this.
  static Result<std::unique_ptr<Service>> start(const DaemonConfig& config, LoadedService loaded,
                                                ConnectedPeers& peers);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Evaluates by the rules of `loaded` from the next commit on, and acts by its playbooks and guard rails;
  /// it was loaded for the sources of this service. What needs a restart is not in use, and is given as the
  /// names of its sections: with responders that were not there at the start the playbooks stay, too.
  std::string adopt(LoadedService loaded);
  /// A reload was kept out.
  void note_failed_reload(std::string reason);

  /// Stops intake, commits, delivers what it can and ends. The error says what was not committed.
  Status finish();

  /// Forgets poison that has become dead letters; says whether every thread made progress since the last
  /// call.
  bool check_progress();

  /// How it is doing. Any thread.
  ServiceStatus status() const;

 private:
  explicit Service(ConnectedPeers& peers) : peers_(peers) {}

  /// Under `shown_mutex_`.
  void note_reload(ReloadOutcome outcome, std::string message);
  Status open_state(const std::string& folder);
  Status open_sources(const DaemonConfig& config, std::size_t workers);
  Status open_ledger(const DaemonConfig& config);
  Status open_commands(const DaemonConfig& config);
  Status open_dispatcher(const DaemonConfig& config, LoadedService& loaded);
  EffectNews effect_news() const;
  bool adopt_response(const ResponsePlan& next);
  void publish_action_rules();
  Status open_sinks(const DaemonConfig& config);
  Status open_doors(const DaemonConfig& config);
  void start_line(const DaemonConfig& config, LoadedPlan plan, std::size_t workers);
  std::map<PartitionId, PartitionProgress> positions() const;

  SystemClock clock_;
  ConnectedPeers& peers_;
  Timestamp started_at_;
  std::unique_ptr<StateStore> store_;
  CommittedState state_;  // as it was found
  std::unique_ptr<CrashRecord> crash_record_;
  Published<IncidentFigures> incidents_;
  Published<ActionFigures> actions_;
  Published<AllResponderFigures> responder_figures_;
  LedgerDamage ledger_damage_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::vector<Delivery::Channel> channels_;
  std::unique_ptr<Line> line_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<LineThreads> threads_;  // they wake the dispatcher
  std::unique_ptr<ResponseThread> response_thread_;
  std::shared_ptr<const ResponsePlan> response_;  // that is in use
  std::vector<PlaybookResponder> made_;           // of the start: the dispatcher's
  Published<ActionRules> action_rules_;           // of the same revision, for the control server
  std::vector<std::uint64_t> heartbeats_;

  // What reloads change and the threads of HTTP and the control socket show: two strings and a few numbers,
  // so a mutex is simpler than another queue.
  mutable std::mutex shown_mutex_;
  ReloadStatus reload_;
  std::map<std::string, std::size_t> rules_loaded_;
  std::map<std::string, std::size_t> rules_rejected_;

  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<IncidentCommands> incident_commands_;  // the control server's thread
  std::unique_ptr<ActionCommands> action_commands_;      // the same
  std::unique_ptr<ControlServer> control_;
};

/// The word that stands for this program's version.
std::string service_version();

}  // namespace alarum

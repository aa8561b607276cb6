#pragma once

#include "config/daemon_config.h"
#include "daemon/api/control_server.h"
#include "daemon/api/http_server.h"
#include "daemon/base/clock.h"
#include "daemon/crash_record.h"
#include "daemon/loaded_service.h"
#include "daemon/pipeline/line.h"
#include "daemon/pipeline/line_threads.h"
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
  static Result<std::unique_ptr<Service>> start(const DaemonConfig& config, LoadedPlan plan);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Evaluates by the rules of `plan` from the next commit on; `plan` was loaded for the sources of this
  /// service. `needs_restart` names what else has changed and is not in use; it may be empty.
  void adopt(LoadedPlan plan, std::string needs_restart);
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
  Service() = default;

  /// Under `shown_mutex_`.
  void note_reload(ReloadOutcome outcome, std::string message);
  Status open_state(const std::string& folder);
  Status open_sources(const DaemonConfig& config, std::size_t workers);
  Status open_sinks(const DaemonConfig& config);
  Status open_doors(const DaemonConfig& config);
  void start_line(const DaemonConfig& config, LoadedPlan plan, std::size_t workers);
  std::map<PartitionId, PartitionProgress> positions() const;

  SystemClock clock_;
  Timestamp started_at_;
  std::unique_ptr<StateStore> store_;
  CommittedState state_;  // as it was found
  std::unique_ptr<CrashRecord> crash_record_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::vector<Delivery::Channel> channels_;
  std::unique_ptr<Line> line_;
  std::unique_ptr<LineThreads> threads_;
  std::vector<std::uint64_t> heartbeats_;

  // What reloads change and the threads of HTTP and the control socket show: two strings and a few numbers,
  // so a mutex is simpler than another queue.
  mutable std::mutex shown_mutex_;
  ReloadStatus reload_;
  std::map<std::string, std::size_t> rules_loaded_;
  std::map<std::string, std::size_t> rules_rejected_;

  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<ControlServer> control_;
};

/// The word that stands for this program's version.
std::string service_version();

}  // namespace alarum

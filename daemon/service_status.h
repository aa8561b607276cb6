#pragma once

#include "daemon/base/time.h"
#include "daemon/pipeline/delivery.h"
#include "daemon/pipeline/line_status.h"
#include "daemon/respond/action_figures.h"
#include "daemon/respond/incident_figures.h"
#include "daemon/stream/source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Everything that alarumd shows of itself, in one plain value: `/metrics`, `/readyz` and `alarum status` are
/// functions of it and cannot contradict each other.
namespace alarum {

/// What becomes of an attempt to load configuration and rules. After `restart_needed` the rules are in use,
/// and something else that has changed is not; after `failed` everything is as it was.
enum class ReloadOutcome : std::uint8_t { done, restart_needed, failed };
inline constexpr std::array<ReloadOutcome, 3> reload_outcomes = {
    ReloadOutcome::done, ReloadOutcome::restart_needed, ReloadOutcome::failed};

/// `done`, `restart_needed`, `failed`.
std::string_view reload_outcome_name(ReloadOutcome outcome);

/// The last attempt to load configuration and rules; the one at the start is the first.
struct ReloadStatus {
  ReloadOutcome outcome = ReloadOutcome::done;
  Timestamp at;            ///< of the last attempt
  Timestamp succeeded_at;  ///< of the last one that is in use as a whole
  std::string message;     ///< why it failed, or what needs the restart; empty otherwise
  std::map<ReloadOutcome, std::uint64_t> reloads = {};  ///< how many there were since the start
  bool is_successful() const { return outcome == ReloadOutcome::done; }
};

/// How alarumd is doing. Parts that have not said anything yet are null.
struct ServiceStatus {
  std::string version;
  Timestamp started_at;
  Timestamp as_of;               ///< when this value was made
  std::uint64_t heap_bytes = 0;  ///< allocated and not freed; dear to know, so only `/metrics` fills it in
  std::shared_ptr<const LineStatus> line;
  std::shared_ptr<const DeliveryStatus> delivery;
  std::shared_ptr<const IncidentFigures> incidents;
  std::shared_ptr<const ActionFigures> actions;
  std::shared_ptr<const AllResponderFigures> responders;
  bool is_ledger_damaged = false;  ///< it is not written any more until a restart
  std::map<std::string, std::shared_ptr<const SourceHealth>> sources;  ///< by name, all that are configured
  std::map<std::string, std::size_t> rules_loaded;                     ///< by kind
  std::map<std::string, std::size_t> rules_rejected;                   ///< by reason
  ReloadStatus reload;
};

/// Makes a fresh status. Called from the threads of the HTTP server and of the control server.
using StatusProvider = std::function<ServiceStatus()>;

/// Each part tells how it is once a second or oftener; silent for longer than this, it hangs.
inline constexpr Duration line_silence_max = std::chrono::seconds(10);

/// Whether the service does its work, in sentences for people, each safe for a terminal and one line long.
struct Readiness {
  std::vector<std::string> reasons;   ///< why it does not; empty when it is ready
  std::vector<std::string> warnings;  ///< what somebody should look at all the same
  bool is_ready() const { return reasons.empty(); }
};

/// Reads `status` and nothing else.
Readiness readiness(const ServiceStatus& status);

/// Up to where the events of one source are complete: over its partitions the least of the latest event time,
/// less the lateness that the plan allows. Nothing before its first event with a time.
std::optional<Timestamp> watermark(const LineStatus& line, const std::string& source);

}  // namespace alarum

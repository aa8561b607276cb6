#include "daemon/service_status.h"

#include "daemon/base/printable.h"

#include <algorithm>
#include <utility>

namespace alarum {
namespace {

using Sentences = std::vector<std::string>;

/// Empty while a part that spoke at `heard` does not hang.
std::string silence(Timestamp now, Timestamp heard) {
  if (now.microseconds - heard.microseconds <= line_silence_max.count()) return {};
  return " hangs: nothing heard of it since " + format_time(heard);
}

std::string source_name(const std::string& name) { return "source '" + name + "'"; }

void judge_line(const ServiceStatus& status, Readiness& out) {
  if (!status.line) {
    out.reasons.emplace_back("the line has not begun");
    return;
  }
  const LineStatus& line = *status.line;
  if (const auto hangs = silence(status.as_of, line.as_of); !hangs.empty())
    out.reasons.push_back("the line" + hangs);
  if (line.barrier_age > line_silence_max)
    out.reasons.emplace_back("a worker hangs: commits wait for its part");
  if (!line.store_trouble.empty())
    out.reasons.push_back("state cannot be written, nothing is told meanwhile: " + line.store_trouble);
  else if (line.commits == 0)
    out.reasons.emplace_back("nothing has been committed yet");
  if (line.outbox_full)
    out.reasons.push_back("the outbox is full, intake waits: " + std::to_string(line.outbox_pending) +
                          " entries are not delivered");
}

void judge_sources(const ServiceStatus& status, Sentences& reasons) {
  for (const auto& [name, health] : status.sources) {
    if (!health) {
      reasons.push_back(source_name(name) + " has not said anything yet");
    } else if (const auto hangs = silence(status.as_of, health->as_of); !hangs.empty()) {
      reasons.push_back(source_name(name) + hangs);
    } else if (!health->connected || !health->trouble.empty()) {
      const std::string state = health->connected ? " is in trouble" : " has no connection";
      reasons.push_back(source_name(name) + state + (health->trouble.empty() ? "" : ": " + health->trouble));
    }
  }
}

std::string gap_text(const FoundGap& found) {
  const PartitionId& partition = found.partition;
  std::string out = source_name(partition.source) + " lost records of " + partition.topic + "/" +
                    std::to_string(partition.number) + " (" + std::string(gap_reason_name(found.gap.reason));
  const bool is_counted = found.gap.to > found.gap.from;
  out += is_counted
             ? ", offsets " + std::to_string(found.gap.from) + " to " + std::to_string(found.gap.to - 1)
             : ", from offset " + std::to_string(found.gap.from);
  return out + "), found at " + format_time(found.found_at);
}

void warn_of_gaps(const LineStatus& line, Sentences& warnings) {
  for (const FoundGap& found : line.gaps) warnings.push_back(gap_text(found));
  if (line.gaps_found > line.gaps.size())
    warnings.push_back("and " + std::to_string(line.gaps_found - line.gaps.size()) + " earlier gaps");
}

void warn_of_sinks(const DeliveryStatus& delivery, Timestamp now, Sentences& warnings) {
  if (const auto hangs = silence(now, delivery.as_of); !hangs.empty())
    warnings.push_back("delivery to the sinks" + hangs);
  for (const auto& [name, sink] : delivery.sinks) {
    if (!sink.trouble.empty()) warnings.push_back("sink '" + name + "' does not deliver: " + sink.trouble);
    if (sink.refused > 0)
      warnings.push_back("sink '" + name + "' has refused " + std::to_string(sink.refused) + " entries");
  }
}

void warn_of_ledger(const IncidentFigures& incidents, Sentences& warnings) {
  if (!incidents.warning.empty()) warnings.push_back(incidents.warning);
}

void warn_of_actions(const ServiceStatus& status, Sentences& warnings) {
  if (status.actions && status.actions->is_tripped)
    warnings.emplace_back(
        "the breaker has tripped, every action is in shadow: see alarum block list, then alarum breaker "
        "reset");
  if (!status.responders) return;
  if (!status.responders->trouble.empty())
    warnings.push_back("actions do not get on: " + status.responders->trouble);
  for (const ResponderFigures& responder : status.responders->responders) {
    if (responder.is_open)
      warnings.push_back("responder '" + responder.name +
                         "' fails again and again, it is left in peace for a while");
  }
}

void warn_of_reload(const ReloadStatus& reload, Sentences& warnings) {
  if (reload.outcome == ReloadOutcome::failed)
    warnings.push_back("the last reload failed, the rules before it are in use: " + reload.message);
  if (reload.outcome == ReloadOutcome::restart_needed)
    warnings.push_back("the configuration has changed in what takes a restart: " + reload.message);
}

}  // namespace

std::string_view reload_outcome_name(ReloadOutcome outcome) {
  switch (outcome) {
    case ReloadOutcome::done: return "done";
    case ReloadOutcome::restart_needed: return "restart_needed";
    case ReloadOutcome::failed: return "failed";
  }
  return "failed";
}

Readiness readiness(const ServiceStatus& status) {
  Readiness out;
  judge_line(status, out);
  judge_sources(status, out.reasons);
  if (status.line) warn_of_gaps(*status.line, out.warnings);
  if (status.delivery) warn_of_sinks(*status.delivery, status.as_of, out.warnings);
  if (status.incidents) warn_of_ledger(*status.incidents, out.warnings);
  warn_of_actions(status, out.warnings);
  warn_of_reload(status.reload, out.warnings);
  for (Sentences* const sentences : {&out.reasons, &out.warnings})
    for (std::string& sentence : *sentences) sentence = printable(sentence);
  return out;
}

std::optional<Timestamp> watermark(const LineStatus& line, const std::string& source) {
  const SourcePlan* const plan = line.plan ? line.plan->find_source(source) : nullptr;
  const auto known = line.sources.find(source);
  if (plan == nullptr || known == line.sources.end()) return std::nullopt;
  std::optional<Timestamp> least;
  for (const auto& [id, progress] : known->second.partitions) {
    if (progress.event_time_max)
      least = std::min(least.value_or(*progress.event_time_max), *progress.event_time_max);
  }
  if (least) least->microseconds -= plan->lateness().count();
  return least;
}

}  // namespace alarum

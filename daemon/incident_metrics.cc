#include "daemon/incident_metrics.h"

#include <array>
#include <utility>

namespace alarum {
namespace {

double seconds(Timestamp time) { return static_cast<double>(time.microseconds) / 1e6; }

/// Every level with every state that is not the end.
void add_open_incidents(MetricFamilies& families, const IncidentFigures& figures) {
  MetricFamily count = families.gauge("alarum_incidents_open", "Incidents that are not resolved");
  MetricFamily oldest = families.gauge(
      "alarum_incident_oldest_open_timestamp_seconds",
      "When the oldest incident that is not resolved was opened, Unix time; absent where there is none");
  for (std::size_t level = 0; level < incident_levels.size(); ++level) {
    for (const IncidentState state : incident_states) {
      if (state == IncidentState::resolved) continue;
      const auto known = figures.open.find({level, state});
      const OpenIncidents open = known == figures.open.end() ? OpenIncidents() : known->second;
      const MetricLabels labels = {{"level", std::string(incident_levels[level])},
                                   {"state", std::string(incident_state_name(state))}};
      count.add(open.count, labels);
      if (open.count > 0) oldest.add(seconds(open.oldest), labels);
    }
  }
  families.gauge("alarum_ledger_bytes", "How large the ledger is, with its write-ahead log")
      .add(figures.ledger_bytes);
}

/// What waits for somebody, whatever the daemon has done about it meanwhile.
void add_unacknowledged(MetricFamilies& families, const IncidentFigures& figures) {
  MetricFamily count =
      families.gauge("alarum_incidents_unacknowledged",
                     "Incidents at which nobody has looked: new, or contained by alarumd alone");
  MetricFamily oldest = families.gauge("alarum_incident_oldest_unacknowledged_timestamp_seconds",
                                       "When the oldest incident at which nobody has looked was opened, Unix "
                                       "time; absent where there is none");
  for (std::size_t level = 0; level < incident_levels.size(); ++level) {
    const auto known = figures.unacknowledged.find(level);
    const OpenIncidents waiting = known == figures.unacknowledged.end() ? OpenIncidents() : known->second;
    const MetricLabels labels = {{"level", std::string(incident_levels[level])}};
    count.add(waiting.count, labels);
    if (waiting.count > 0) oldest.add(seconds(waiting.oldest), labels);
  }
}

/// Name and help of the times of each phase, in the order of the phases.
constexpr std::array<std::pair<const char*, const char*>, incident_phases.size()> phase_times = {{
    {"alarum_incident_time_to_detect_seconds",
     "MTTD: from the time of the first event of an incident's first alert (the event's own, or else its "
     "record's: time_basis of the alert) to that alert's detected_at; without those that "
     "alarum_incident_unmeasured_detections_total counts"},
    {"alarum_incident_time_to_notify_seconds",
     "From the detected_at of an incident's first alert to when a responder first told of it with success"},
    {"alarum_incident_time_to_acknowledge_seconds",
     "MTTA: from the detected_at of an incident's first alert to when somebody (never alarumd itself) first "
     "acknowledged, contained or closed it"},
    {"alarum_incident_time_to_identify_seconds",
     "MTTI: from the detected_at of an incident's first alert to its first verdict"},
    {"alarum_incident_time_to_respond_seconds",
     "MTTR (respond): from the detected_at of an incident's first alert to when the first action that acts "
     "(blocks, runs) was done; an action in shadow is none"},
    {"alarum_incident_time_to_contain_seconds",
     "MTTC: from the detected_at of an incident's first alert to when nothing came any more of whom its "
     "blocks concern, nor an alert of anybody else, or somebody said that it is contained"},
    {"alarum_incident_time_to_resolve_seconds",
     "MTTR (resolve): from the detected_at of an incident's first alert to when it was closed"},
}};

void add_incident_times(MetricFamilies& families, const IncidentFigures& figures) {
  for (const IncidentPhase phase : incident_phases) {
    const auto& [name, help] = phase_times[static_cast<std::size_t>(phase)];
    MetricFamily family = families.histogram(name, help);
    for (std::size_t level = 0; level < incident_levels.size(); ++level)
      family.add(figures.at(level, phase), {{"level", std::string(incident_levels[level])}});
  }
  MetricFamily dwell = families.histogram(
      "alarum_incident_dwell_seconds",
      "Dwell time: from the time of the first event of an incident's first alert, as in "
      "alarum_incident_time_to_detect_seconds, to when it was contained; without those that have no time to "
      "detect");
  for (std::size_t level = 0; level < incident_levels.size(); ++level)
    dwell.add(figures.dwell[level], {{"level", std::string(incident_levels[level])}});
}

void add_unmeasured(MetricFamilies& families, const IncidentFigures& figures) {
  MetricFamily family =
      families.counter("alarum_incident_unmeasured_detections_total",
                       "Incidents that have no time to detect, since the first alert's event has no time "
                       "(no_time), one after its detected_at (future), or one more than 30 days before "
                       "(past)");
  for (const std::string_view reason : unmeasured_reasons) {
    const auto known = figures.unmeasured.find(std::string(reason));
    family.add(known == figures.unmeasured.end() ? 0 : known->second, {{"reason", std::string(reason)}});
  }
}

/// A series for each rule in use, so that their number has a bound; of all others one.
void add_by_rule(MetricFamily family, RuleTimes others, const LineStatus& line) {
  if (line.plan) {
    for (const sigma::Rule& rule : line.plan->rules()) {
      const auto known = others.find(rule.id);
      family.add(known == others.end() ? TimeSum() : known->second, {{"rule_id", rule.id}});
      if (known != others.end()) others.erase(known);
    }
  }
  TimeSum other;
  for (const auto& [id, sum] : others) {
    other.microseconds += sum.microseconds;
    other.count += sum.count;
  }
  family.add(other, {{"rule_id", "_other"}});
}

void add_rule_times(MetricFamilies& families, const IncidentFigures& figures, const LineStatus& line) {
  add_by_rule(
      families.summary("alarum_rule_time_to_detect_seconds",
                       "The sum and count of alarum_incident_time_to_detect_seconds by the rule whose "
                       "alert opened the incident; rules that are not in use any more together as "
                       "_other"),
      figures.detected_by_rule, line);
  add_by_rule(
      families.summary("alarum_rule_time_to_respond_seconds",
                       "The sum and count of alarum_incident_time_to_respond_seconds by the rule whose "
                       "alert asked for the action; rules that are not in use any more together as "
                       "_other"),
      figures.responded_by_rule, line);
  add_by_rule(
      families.summary("alarum_rule_time_to_contain_seconds",
                       "The sum and count of alarum_incident_time_to_contain_seconds by the rule whose "
                       "alert asked for the block, or else opened the incident; rules that are not in "
                       "use any more together as _other"),
      figures.contained_by_rule, line);
}

}  // namespace

void add_incident_metrics(MetricFamilies& families, const ServiceStatus& status) {
  static const LineStatus no_line;
  static const IncidentFigures no_incidents;
  const IncidentFigures& figures = status.incidents ? *status.incidents : no_incidents;
  add_open_incidents(families, figures);
  add_unacknowledged(families, figures);
  families
      .gauge(
          "alarum_ledger_damaged",
          "Whether the ledger was found damaged, so that it is not written any more until a restart: 1 or 0")
      .add(status.is_ledger_damaged);
  add_incident_times(families, figures);
  add_unmeasured(families, figures);
  add_rule_times(families, figures, status.line ? *status.line : no_line);
}

}  // namespace alarum

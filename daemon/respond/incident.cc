#include "daemon/respond/incident.h"

#include "daemon/base/digest.h"

#include <algorithm>

namespace alarum {

std::string_view incident_state_name(IncidentState state) {
  switch (state) {
    case IncidentState::fresh: return "new";
    case IncidentState::acknowledged: return "acknowledged";
    case IncidentState::contained: return "contained";
    case IncidentState::resolved: return "resolved";
  }
  return "new";
}

std::optional<IncidentState> incident_state_named(std::string_view name) {
  for (const IncidentState state : incident_states) {
    if (incident_state_name(state) == name) return state;
  }
  return std::nullopt;
}

std::size_t level_rank(std::string_view level) {
  const auto* const found = std::find(incident_levels.begin(), incident_levels.end(), level);
  return found == incident_levels.end() ? 0 : static_cast<std::size_t>(found - incident_levels.begin());
}

std::string_view incident_phase_name(IncidentPhase phase) {
  switch (phase) {
    case IncidentPhase::detect: return "detect";
    case IncidentPhase::notify: return "notify";
    case IncidentPhase::acknowledge: return "acknowledge";
    case IncidentPhase::identify: return "identify";
    case IncidentPhase::respond: return "respond";
    case IncidentPhase::contain: return "contain";
    case IncidentPhase::resolve: return "resolve";
  }
  return "detect";
}

std::optional<IncidentPhase> incident_phase_named(std::string_view name) {
  for (const IncidentPhase phase : incident_phases) {
    if (incident_phase_name(phase) == name) return phase;
  }
  return std::nullopt;
}

std::string incident_id_of(std::string_view first_alert_id) { return id_of({"incident", first_alert_id}); }

bool is_incident_prefix(std::string_view text) {
  return text.size() >= incident_prefix_min && text.size() <= incident_id_size &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace alarum

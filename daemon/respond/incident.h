#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Alerts that belong together, with a life of their own: the words for it, the same in the ledger, on the
/// control socket and in metrics.
namespace alarum {

/// Where an incident is in its life. It only goes forward.
enum class IncidentState : std::uint8_t { fresh, acknowledged, contained, resolved };
inline constexpr std::array<IncidentState, 4> incident_states = {
    IncidentState::fresh, IncidentState::acknowledged, IncidentState::contained, IncidentState::resolved};

/// `new`, `acknowledged`, `contained`, `resolved`.
std::string_view incident_state_name(IncidentState state);
/// The state of this name.
std::optional<IncidentState> incident_state_named(std::string_view name);

/// Levels of rules and incidents, from the least to the worst.
inline constexpr std::array<std::string_view, 5> incident_levels = {"informational", "low", "medium", "high",
                                                                    "critical"};

/// The place of a level among `incident_levels`; the least one for what is none of them, such as that of a
/// rule which does not say it.
std::size_t level_rank(std::string_view level);

/// What people decide in the end.
inline constexpr std::array<std::string_view, 3> incident_verdicts = {"true_positive", "false_positive",
                                                                      "benign_true_positive"};

/// What a note is: something to look into, something that is known, something that was decided.
inline constexpr std::array<std::string_view, 3> note_kinds = {"hypothesis", "finding", "decision"};

/// Steps of an incident whose time is measured, each once.
enum class IncidentPhase : std::uint8_t {
  detect,
  notify,       ///< the first action that tells of it is done
  acknowledge,  ///< somebody has looked at it
  identify,     ///< its first verdict
  respond,      ///< the first action that does something about it is done, not in shadow
  contain,
  resolve,
};
inline constexpr std::array<IncidentPhase, 7> incident_phases = {
    IncidentPhase::detect,  IncidentPhase::notify,  IncidentPhase::acknowledge, IncidentPhase::identify,
    IncidentPhase::respond, IncidentPhase::contain, IncidentPhase::resolve};

/// `detect`, `notify`, `acknowledge`, `identify`, `respond`, `contain`, `resolve`.
std::string_view incident_phase_name(IncidentPhase phase);
/// The phase of this name.
std::optional<IncidentPhase> incident_phase_named(std::string_view name);

/// Why the time to detect of an incident is not measured: no event has a time; the first one claims to come
/// from after its detection; or from more than 30 days before.
inline constexpr std::string_view unmeasured_no_time = "no_time";
inline constexpr std::string_view unmeasured_future = "future";
inline constexpr std::string_view unmeasured_past = "past";
inline constexpr std::array<std::string_view, 3> unmeasured_reasons = {unmeasured_no_time, unmeasured_future,
                                                                       unmeasured_past};

/// The id of the incident that begins with this alert: a function of the alert's id and nothing else, so that
/// a ledger which is made anew from the same alerts has the same ids.
std::string incident_id_of(std::string_view first_alert_id);

/// Whether `text` is such an id, or at least `incident_prefix_min` of its first digits.
bool is_incident_prefix(std::string_view text);
inline constexpr std::size_t incident_prefix_min = 4;  ///< digits
inline constexpr std::size_t incident_id_size = 32;    ///< hex digits, lower case

}  // namespace alarum

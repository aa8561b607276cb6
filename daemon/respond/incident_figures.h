#pragma once

#include "daemon/base/histogram.h"
#include "daemon/base/time.h"
#include "daemon/respond/incident.h"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

/// What the journal says about how fast incidents go through their lives: from these numbers metrics are
/// made.
namespace alarum {

/// Buckets of times that machines take, in seconds: to detect, to notify, to respond.
inline constexpr std::array<double, 18> detect_buckets = {.005, .01, .025, .05, .1,  .25, .5,   1,     2.5,
                                                          5,    10,  30,   60,  300, 900, 3600, 21600, 86400};
/// Buckets of times that people take, in seconds.
inline constexpr std::array<double, 15> human_buckets = {
    1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800, 2592000};

/// A level and a state of incidents, by their places.
struct OpenKey {
  std::size_t level = 0;
  IncidentState state = IncidentState::fresh;
  friend auto operator<=>(const OpenKey&, const OpenKey&) = default;
};

/// Incidents that are not resolved.
struct OpenIncidents {
  std::uint64_t count = 0;
  Timestamp oldest;  ///< when the oldest of them was opened
};

/// Sum and count of times.
struct TimeSum {
  std::int64_t microseconds = 0;
  std::uint64_t count = 0;
  void add(std::int64_t more) {
    microseconds += more;
    ++count;
  }
};

/// Times by id of a rule.
using RuleTimes = std::map<std::string, TimeSum>;

/// All figures of a ledger as of one look at it. A copy that nobody changes.
struct IncidentFigures {
  /// One for each level and phase, levels in the order of `incident_levels`.
  using Times = std::array<std::array<Histogram, incident_phases.size()>, incident_levels.size()>;

  /// One for each level.
  using DwellTimes = std::array<Histogram, incident_levels.size()>;

  Times times = no_times();                         ///< of all phases that have come to their ends
  DwellTimes dwell = no_dwell();                    ///< from the first event to the end of the phase contain
  RuleTimes detected_by_rule;                       ///< by the rule that opened the incident
  RuleTimes responded_by_rule;                      ///< by the rule whose alert asked for the first action
  RuleTimes contained_by_rule;                      ///< the same of the block; else that which opened it
  std::map<std::string, std::uint64_t> unmeasured;  ///< incidents without a time to detect, by reason
  std::map<OpenKey, OpenIncidents> open;            ///< those that there are
  /// By level, those of them at which nobody has looked: new ones, and those that the daemon has contained.
  std::map<std::size_t, OpenIncidents> unacknowledged;
  std::uint64_t ledger_bytes = 0;  ///< of its file and its log
  std::string warning;             ///< what somebody should look at; else empty

  /// The times of a phase at a level.
  Histogram& at(std::size_t level, IncidentPhase phase) {
    return times[level][static_cast<std::size_t>(phase)];
  }
  const Histogram& at(std::size_t level, IncidentPhase phase) const {
    return times[level][static_cast<std::size_t>(phase)];
  }

  /// Before anything has happened.
  static Times no_times();
  static DwellTimes no_dwell();
};

}  // namespace alarum

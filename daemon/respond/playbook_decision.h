#pragma once

#include "config/playbook_config.h"
#include "daemon/base/time.h"
#include "daemon/respond/committed_alert.h"
#include "daemon/respond/ledger_reader.h"
#include "daemon/respond/playbook.h"
#include "daemon/sigma/rule.h"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What playbooks want done about an alert, and why not the rest: a pure function of what is in its
/// arguments, so that it can be asked again, and tested, without doing anything.
namespace alarum {

/// What becomes of a step for one target.
enum class StepFate : std::uint8_t {
  run,         ///< an action, to be done when it is due and the guard rails let it
  shadow,      ///< the same, but only written down: the responder's mode says so
  duplicate,   ///< the same action is under way, was done for good, or is in shadow already
  expired,     ///< it would come too late
  condition,   ///< the playbook is not for this alert
  stage,       ///< the rule's stage does not let it act, or tell
  off,         ///< the responder's mode
  no_target,   ///< the alert has no entity of that type
  no_address,  ///< the entity is no address, though its type says so
  previous,    ///< it waits for the step before, which is not done
};

/// The fate as a word, for people and JSON: `run`, `no_target`.
std::string_view step_fate_name(StepFate fate);

/// A step of a playbook for one target, or for none.
struct StepDecision {
  std::string playbook;
  std::size_t step = 0;  ///< its place among the steps of the playbook, from 1
  std::string step_id;   ///< of the step, for the history of what was done
  std::string responder;
  StepFate fate = StepFate::run;
  std::string why;         ///< for people, in one line; empty where the fate says it all
  std::string target;      ///< an address in its canonical form; else the value of the entity
  std::string target_key;  ///< by what targets are compared

  // Of an action, be it new, in shadow or a duplicate.
  std::string action_id;           ///< 32 hex digits
  std::uint64_t repeat = 0;        ///< which of the step's actions on the target it is, for the incident
  std::optional<Duration> lasts;   ///< of a block: twice as long each time
  Timestamp due;                   ///< when it begins
  Timestamp expires;               ///< when it is too late to begin
  std::vector<std::string> needs;  ///< ids of the actions that have to be done before
  bool is_to_be = false;           ///< of a duplicate: that action is under way, or done
  std::string shadowed_id;         ///< of the step's action that is in shadow; empty: none is

  /// Whether there is something to be done, or to be written down.
  bool is_action() const { return fate == StepFate::run || fate == StepFate::shadow; }
};

/// A step and a target, by its key.
struct StepTarget {
  std::string step_id;
  std::string target_key;
  friend auto operator<=>(const StepTarget&, const StepTarget&) = default;
};

/// What was done for a step to a target, for the incident.
struct StepHistory {
  std::uint64_t ended = 0;   ///< actions that have come to their end, whatever it was
  std::uint64_t done = 0;    ///< of them, that had their effect and have it still
  std::uint64_t doubts = 0;  ///< of them, of which nobody knows
  std::uint64_t tried = 0;   ///< that were begun, and refused by nobody
  std::uint64_t blocks = 0;  ///< that were made and are over, lately, whatever incident they were for
  bool is_open = false;      ///< there is one that has not
  /// The last of those in shadow that would last still, had it been done.
  std::optional<std::uint64_t> shadowed = {};
};

/// What a decision depends on, beside the playbooks. All of it outlives the call.
struct DecisionFacts {
  const CommittedAlert& alert;
  const IncidentSummary& incident;
  sigma::Extension::Stage stage = sigma::Extension::Stage::respond;  ///< of the alert's rule
  const std::map<StepTarget, StepHistory>& history;                  ///< of the incident
  Timestamp now;
  Duration lasts_max = action_duration_max;  ///< of a block, however often it is repeated
};

/// For every step of every playbook, in order, what becomes of it: one decision for each target, or one that
/// says why there is none. The id of an action follows from the incident, the step, the target and how often
/// that was done before, so that the same action, asked for again, is the same. Who tells does so once for an
/// incident, and who runs a script once for an incident and a target; where that failed, again for its next
/// alert, `tries_max` times at most. What is in shadow keeps nothing from being done once the mode is auto.
std::vector<StepDecision> decide(const PlaybookSet& set, const DecisionFacts& facts);

/// Makes of a decision that would end in shadow one that there is already: `shadowed_id` says which.
void stay_in_shadow(StepDecision& decision);

/// How often somebody tries to tell of an incident, or to run a script for it, each time for as long as the
/// step's deadline lets him.
inline constexpr std::uint64_t tries_max = 10;

/// How long a block lasts that was made `repeat` times before: twice as long each time, up to `max`.
Duration doubled(Duration first, std::uint64_t repeat, Duration max);

/// How long ago a block was over that still makes the next one longer.
inline constexpr Duration repeat_window = std::chrono::hours(7 * 24);

}  // namespace alarum

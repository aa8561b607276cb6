#pragma once

#include "daemon/base/time.h"
#include "responders/responder.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Actions as they stand in the ledger, and the words for what has become of them.
namespace alarum {

/// How far an action has come (docs/adr/0014-actions.md has the picture).
enum class ActionState : std::uint8_t {
  intent,     ///< it is to be done; nothing has been done yet, or not with success
  executing,  ///< an attempt has begun
  done,       ///< it has its effect
  failed,     ///< it has none, and will not be tried again
  in_doubt,   ///< nobody knows, and it will not be tried again
  expired,    ///< it could not begin in time
  denied,     ///< a guard rail refused it when it was to begin
  shadow,     ///< written down, and not to be done
  undoing,    ///< it was done, and is to be taken back
  undone,     ///< it was taken back
};
inline constexpr std::array<ActionState, 10> action_states = {
    ActionState::intent,   ActionState::executing, ActionState::done,   ActionState::failed,
    ActionState::in_doubt, ActionState::expired,   ActionState::denied, ActionState::shadow,
    ActionState::undoing,  ActionState::undone};

/// The state as a word, in the ledger, JSON and metrics: `intent`, `in_doubt`.
std::string_view action_state_name(ActionState state);
/// The state of this name.
std::optional<ActionState> action_state_named(std::string_view name);

/// The nature of a responder as the ledger writes it: `telling`, `running`, `blocking`.
std::string_view nature_name(ResponderNature nature);

/// The steps of actions that no playbook asked for: somebody did, the breaker has tripped, or the incident
/// was resolved of which was told.
inline constexpr std::string_view manual_step = "manual";
inline constexpr std::string_view breaker_step = "breaker";
inline constexpr std::string_view closing_step = "closing";

/// One action, as the ledger has it.
struct StoredAction {
  std::string id;           ///< 32 hex digits
  std::string incident_id;  ///< empty: none, a person asked for it
  std::string alert_id;     ///< that asked for it; empty: none
  std::string rule_id;      ///< of that alert
  std::string source;       ///< of that alert's events
  std::string playbook;
  std::string step_id;
  std::string responder;
  ResponderNature nature = ResponderNature::telling;
  std::string target_type;
  std::string target;
  std::string target_key;
  std::uint64_t repeat = 0;
  std::optional<Duration> lasts;  ///< of a block
  Timestamp due;
  Timestamp expires;
  std::vector<std::string> needs;  ///< ids of actions that have to be done before
  ActionState state = ActionState::intent;
  std::uint32_t attempts = 0;  ///< that have begun
  bool may_be_done = false;    ///< one of them may have had its effect
  Timestamp intended;
  std::optional<Timestamp> until;  ///< when a block ends, or in shadow would end
  std::string why;
};

}  // namespace alarum

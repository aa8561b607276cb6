#include "daemon/respond/stored_action.h"

namespace alarum {

std::string_view action_state_name(ActionState state) {
  switch (state) {
    case ActionState::intent: return "intent";
    case ActionState::executing: return "executing";
    case ActionState::done: return "done";
    case ActionState::failed: return "failed";
    case ActionState::in_doubt: return "in_doubt";
    case ActionState::expired: return "expired";
    case ActionState::denied: return "denied";
    case ActionState::shadow: return "shadow";
    case ActionState::undoing: return "undoing";
    case ActionState::undone: return "undone";
  }
  return "intent";
}

std::optional<ActionState> action_state_named(std::string_view name) {
  for (const ActionState state : action_states) {
    if (action_state_name(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view nature_name(ResponderNature nature) {
  switch (nature) {
    case ResponderNature::takes_all: return "takes_all";
    case ResponderNature::telling: return "telling";
    case ResponderNature::running: return "running";
    case ResponderNature::blocking: return "blocking";
  }
  return "telling";
}

}  // namespace alarum

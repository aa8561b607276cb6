#pragma once

#include "daemon/enforcer/actions.h"
#include "daemon/enforcer/never_block.h"
#include "daemon/enforcer/state_record.h"

#include <vector>

namespace alarum::enforcer {

/// What the enforcer knows and a restart must not lose: actions, protections, and whether it is armed. One
/// thread.
struct EnforcerState {
  Actions actions;
  NeverBlock never_block;
  bool is_armed = true;

  /// Takes in what a record says. A record that does not fit, such as the end of an unknown action, says
  /// nothing new.
  void apply(const StateRecord& record);
  /// The records that say all of it.
  std::vector<StateRecord> records() const;
};

}  // namespace alarum::enforcer

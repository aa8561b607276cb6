#include "daemon/enforcer/enforcer_state.h"

#include <algorithm>

namespace alarum::enforcer {
namespace {

using Kind = StateRecord::Kind;

void end_all(Actions& actions) {
  std::vector<std::string> active;
  for (const auto& [id, action] : actions.all()) {
    if (!action.is_ended) active.push_back(id);
  }
  for (const std::string& id : active) actions.end(id);
}

}  // namespace

void EnforcerState::apply(const StateRecord& record) {
  const Action* const known = actions.find(record.action.id);
  switch (record.kind) {
    case Kind::action:
      if (known == nullptr) actions.add(record.action);
      return;
    case Kind::end:
      if (known != nullptr && !known->is_ended) actions.end(record.action.id);
      return;
    case Kind::forget:
      if (known != nullptr) actions.forget(record.action.id);
      return;
    case Kind::protect: never_block.add({record.network, record.until}); return;
    case Kind::leave_alone: never_block.leave_alone({record.network, record.until}); return;
    case Kind::unprotect: never_block.remove(record.network); return;
    case Kind::disarm: is_armed = false; return;
    case Kind::panic:
      end_all(actions);
      is_armed = false;
      return;
    case Kind::arm: is_armed = true; return;
  }
}

std::vector<StateRecord> EnforcerState::records() const {
  std::vector<StateRecord> out;
  for (const auto& [id, action] : actions.all()) out.push_back({.kind = Kind::action, .action = action});
  // In the order in which they came, which is how they are quickest to take in again.
  std::stable_sort(out.begin(), out.end(), [](const StateRecord& left, const StateRecord& right) {
    return left.action.made < right.action.made;
  });
  for (const TimedProtection& entry : never_block.added())
    out.push_back({.kind = Kind::protect, .network = entry.network, .until = entry.until});
  for (const TimedProtection& entry : never_block.left_alone())
    out.push_back({.kind = Kind::leave_alone, .network = entry.network, .until = entry.until});
  if (!is_armed) out.push_back({.kind = Kind::disarm});
  return out;
}

}  // namespace alarum::enforcer

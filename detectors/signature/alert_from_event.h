#pragma once

#include "daemon/alert/alert.h"
#include "daemon/alert/entity_table.h"
#include "daemon/event/event.h"
#include "daemon/sigma/rule.h"

#include <memory>
#include <vector>

/// Event → alert: an event that fired a rule becomes one finding, with its id, its entities and its evidence.
namespace alarum {

/// What every alert of a rule shares, worked out once per plan. Immutable; any thread.
struct AlertTemplate {
  std::shared_ptr<const AlertRule> rule;
  std::vector<std::pair<std::string, FieldId>> entities;  ///< type and field, in order
};

/// What the alerts of `rule` share; `entities` says which of its fields name an entity.
AlertTemplate make_alert_template(const sigma::Rule& rule, const EntityTable& entities);

/// The alert for `event`, which fired `rule`. The id depends on the rule's id and the event's coordinates
/// alone. Evidence holds the fields named in the rule, and for keywords those where one was found, at most 32
/// of at most 1 KiB of JSON each; what was cut says so.
Alert alert_from_event(const sigma::Rule& rule, const AlertTemplate& shared, const FieldTable& fields,
                       Event& event);

}  // namespace alarum

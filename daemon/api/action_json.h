#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/respond/action_reader.h"
#include "daemon/respond/exemption_store.h"

#include <optional>

namespace alarum {

/// Actions on the control socket: what docs/reference/control.md describes. Texts stand in it with all their
/// bytes, as JSON escapes them, but for targets, which are cut where they are too long; whoever shows them
/// makes them safe.
void write_action(JsonWriter& json, const ActionSummary& action);

/// What became of a step of a playbook for a target.
void write_step(JsonWriter& json, const StepOutcome& step);

/// One exemption, one entry of the audit log.
void write_exemption(JsonWriter& json, const ExemptionEntry& exemption);
void write_audit_line(JsonWriter& json, const AuditLine& line);

/// Why everything is in shadow, or null.
void write_breaker(JsonWriter& json, const std::optional<TrippedBreaker>& breaker);

}  // namespace alarum

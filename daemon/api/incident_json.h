#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/respond/ledger_reader.h"

namespace alarum {

/// Incidents on the control socket: what docs/reference/control.md describes. Texts stand in it with all
/// their bytes, as JSON escapes them; whoever shows them makes them safe.
void write_incident(JsonWriter& json, const IncidentSummary& incident);

/// One rule of an incident, with how often it comes again: the mean time between two of its alerts.
void write_rule_count(JsonWriter& json, const IncidentCount& rule);

/// One entity, one change, one note of an incident.
void write_entity_count(JsonWriter& json, const IncidentCount& entity);
void write_journal_entry(JsonWriter& json, const JournalEntry& entry);
void write_note(JsonWriter& json, const IncidentNote& note);

}  // namespace alarum

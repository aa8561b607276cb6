#pragma once

#include "daemon/base/json_node.h"
#include "daemon/cli/terminal.h"

namespace alarum::cli {

/// Writes one incident, an object of the daemon's answers, as a line of a list. What people or attackers
/// wrote is safe for a terminal in it, here and below.
void write_incident_line(const JsonNode& incident, Output& output);

/// Writes the incidents of an `alarum.incident_list/1`, with a heading, and where the next page begins.
void write_incident_list(const JsonNode& list, Output& output);

/// Writes an `alarum.incident/1`: the incident, its rules and entities, notes, journal and newest alerts.
void write_whole_incident(const JsonNode& answer, Output& output);

}  // namespace alarum::cli

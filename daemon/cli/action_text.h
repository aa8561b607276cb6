#pragma once

#include "daemon/base/json_node.h"
#include "daemon/cli/terminal.h"

namespace alarum::cli {

/// Writes the blocks of an `alarum.block_list/1`, and whether the breaker has tripped. What people or
/// attackers wrote is safe for a terminal in it, here and below.
void write_block_list(const JsonNode& list, Output& output);

/// Writes the exemptions of an `alarum.allow_list/1`.
void write_allow_list(const JsonNode& list, Output& output);

/// Writes the entries of an `alarum.audit_list/1`.
void write_audit_list(const JsonNode& list, Output& output);

/// Writes what an edit came to, an `alarum.action_edit/1`.
void write_action_edit(const JsonNode& edit, Output& output);

/// Writes of an `alarum.incident/1` what became of each step of the playbooks, and the actions.
void write_steps_and_actions(const JsonNode& incident, Output& output);

}  // namespace alarum::cli

#pragma once

#include "daemon/cli/command_line.h"

#include <span>

/// The tool's commands: each file adds one verb to the command line and says what to run for it. A new
/// command is its file, its declaration here, and one line in the table of command.cc.
namespace alarum::cli {

/// A command adds itself. `global` is read when it runs, and lives until then.
using AddCommand = void (*)(CommandLine& line, const GlobalOptions& global);

/// Every command, in the order of the help text.
std::span<const AddCommand> commands();

/// The commands, each in the file of its name, or of its noun.
void add_replay(CommandLine& line, const GlobalOptions& global);
void add_rule_check(CommandLine& line, const GlobalOptions& global);
void add_rule_test(CommandLine& line, const GlobalOptions& global);
void add_rule_explain(CommandLine& line, const GlobalOptions& global);
void add_config_check(CommandLine& line, const GlobalOptions& global);
void add_config_default(CommandLine& line, const GlobalOptions& global);
void add_status(CommandLine& line, const GlobalOptions& global);
void add_incident_list(CommandLine& line, const GlobalOptions& global);
void add_incident_show(CommandLine& line, const GlobalOptions& global);
void add_incident_ack(CommandLine& line, const GlobalOptions& global);
void add_incident_assign(CommandLine& line, const GlobalOptions& global);
void add_incident_contain(CommandLine& line, const GlobalOptions& global);
void add_incident_note(CommandLine& line, const GlobalOptions& global);
void add_incident_close(CommandLine& line, const GlobalOptions& global);
void add_block_list(CommandLine& line, const GlobalOptions& global);
void add_block_add(CommandLine& line, const GlobalOptions& global);
void add_block_remove(CommandLine& line, const GlobalOptions& global);
void add_block_undo(CommandLine& line, const GlobalOptions& global);
void add_allow_list(CommandLine& line, const GlobalOptions& global);
void add_allow_add(CommandLine& line, const GlobalOptions& global);
void add_allow_remove(CommandLine& line, const GlobalOptions& global);
void add_audit_list(CommandLine& line, const GlobalOptions& global);
void add_audit_verify(CommandLine& line, const GlobalOptions& global);
void add_breaker_reset(CommandLine& line, const GlobalOptions& global);
void add_responder_test(CommandLine& line, const GlobalOptions& global);
void add_panic(CommandLine& line, const GlobalOptions& global);

}  // namespace alarum::cli

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

/// The commands, each in the file of its name.
void add_replay(CommandLine& line, const GlobalOptions& global);
void add_rule_check(CommandLine& line, const GlobalOptions& global);
void add_rule_test(CommandLine& line, const GlobalOptions& global);
void add_rule_explain(CommandLine& line, const GlobalOptions& global);
void add_config_check(CommandLine& line, const GlobalOptions& global);
void add_config_default(CommandLine& line, const GlobalOptions& global);
void add_status(CommandLine& line, const GlobalOptions& global);

}  // namespace alarum::cli

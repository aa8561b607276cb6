#pragma once

#include "daemon/cli/exit_code.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <span>
#include <string>

/// The tool's commands: each file adds one verb to the command line and says what to run for it. A new
/// command is its file, its declaration here, and one line in the table of command.cc.
namespace alarum::cli {

/// Options before or after any command.
struct GlobalOptions {
  std::string config_path;  ///< empty: the default file, if it is there
  std::string format;       ///< human or json; empty: the command's own default
  bool no_color = false;
  bool quiet = false;

  /// Whether JSON is asked for, for commands that print text otherwise.
  bool is_json() const { return format == "json"; }
};

/// What the command line asks for: set by the command that was named, run after parsing.
using Action = std::function<ExitCode()>;

/// A command adds itself below its noun.
using AddCommand = void (*)(CLI::App& app, const GlobalOptions& global, Action& action);

/// The subcommand `noun` of `app`; made where it is new.
CLI::App& noun(CLI::App& app, const std::string& name, const std::string& help);

/// What `--help` of a command says below its own options: the global ones, the exit codes that it has, each
/// with its meaning there, and an example.
struct HelpEnd {
  std::string exit_codes;
  std::string example;
};
void end_help(CLI::App& command, const HelpEnd& end);

/// Every command, in the order of the help text.
std::span<const AddCommand> commands();

/// The commands, each in the file of its name.
void add_replay(CLI::App& app, const GlobalOptions& global, Action& action);
void add_rule_check(CLI::App& app, const GlobalOptions& global, Action& action);
void add_rule_test(CLI::App& app, const GlobalOptions& global, Action& action);
void add_rule_explain(CLI::App& app, const GlobalOptions& global, Action& action);
void add_config_check(CLI::App& app, const GlobalOptions& global, Action& action);
void add_config_default(CLI::App& app, const GlobalOptions& global, Action& action);
void add_status(CLI::App& app, const GlobalOptions& global, Action& action);

}  // namespace alarum::cli

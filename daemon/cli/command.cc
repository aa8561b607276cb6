#include "daemon/cli/command.h"

#include <array>

namespace alarum::cli {
namespace {

constexpr std::array<AddCommand, 7> all_commands = {
    add_replay,       add_rule_check,     add_rule_test, add_rule_explain,
    add_config_check, add_config_default, add_status,
};

constexpr std::string_view global_options =
    "Options of every command, before or after it:\n"
    "  --config FILE          Configuration file (default: /etc/alarum/alarum.yaml, if it is there)\n"
    "  --format human|json    How results are printed\n"
    "  --quiet                Results and errors only: no progress, no summary\n"
    "  --no-color             No colours, even on a terminal";

}  // namespace

void end_help(CLI::App& command, const HelpEnd& end) {
  command.footer(std::string(global_options) + "\n\nExit codes: " + end.exit_codes + "\n\nExample:\n  " +
                 end.example);
}

CLI::App& noun(CLI::App& app, const std::string& name, const std::string& help) {
  for (CLI::App* const known : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (known->get_name() == name) return *known;
  }
  CLI::App* const made = app.add_subcommand(name, help);
  made->require_subcommand(1);
  made->fallthrough();
  made->footer("'alarum " + name +
               " COMMAND --help' tells the options of a command, its exit codes and an example.");
  return *made;
}

std::span<const AddCommand> commands() { return all_commands; }

}  // namespace alarum::cli

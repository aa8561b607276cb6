#include "daemon/cli/command.h"

#include <array>

namespace alarum::cli {
namespace {

constexpr std::array<AddCommand, 6> all_commands = {
    add_replay, add_rule_check, add_rule_test, add_rule_explain, add_config_check, add_config_default,
};

}  // namespace

CLI::App& noun(CLI::App& app, const std::string& name, const std::string& help) {
  for (CLI::App* const known : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (known->get_name() == name) return *known;
  }
  CLI::App* const made = app.add_subcommand(name, help);
  made->require_subcommand(1);
  made->fallthrough();
  return *made;
}

std::span<const AddCommand> commands() { return all_commands; }

}  // namespace alarum::cli

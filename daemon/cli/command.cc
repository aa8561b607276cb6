#include "daemon/cli/command.h"

#include <array>

namespace alarum::cli {
namespace {

constexpr std::array<AddCommand, 7> all_commands = {
    add_replay,       add_rule_check,     add_rule_test, add_rule_explain,
    add_config_check, add_config_default, add_status,
};

}  // namespace

std::span<const AddCommand> commands() { return all_commands; }

}  // namespace alarum::cli

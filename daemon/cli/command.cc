#include "daemon/cli/command.h"

#include <array>

namespace alarum::cli {
namespace {

constexpr std::array<AddCommand, 26> all_commands = {
    add_replay,          add_rule_check,       add_rule_test,     add_rule_explain,   add_config_check,
    add_config_default,  add_status,           add_incident_list, add_incident_show,  add_incident_ack,
    add_incident_assign, add_incident_contain, add_incident_note, add_incident_close, add_block_list,
    add_block_add,       add_block_remove,     add_block_undo,    add_allow_list,     add_allow_add,
    add_allow_remove,    add_audit_list,       add_audit_verify,  add_breaker_reset,  add_responder_test,
    add_panic,
};

}  // namespace

std::span<const AddCommand> commands() { return all_commands; }

}  // namespace alarum::cli

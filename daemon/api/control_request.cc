#include "daemon/api/control_request.h"

#include "daemon/base/json_writer.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

/// A command and the members that it takes beside its name.
struct Command {
  std::string_view name;
  std::array<std::string_view, 5> members;
};

constexpr std::array<Command, 18> commands = {{
    {"status", {}},
    {"incident_list", {"state", "level", "assignee", "before", "limit"}},
    {"incident_show", {"incident", "notes_before", "journal_before", "alerts_before", "actions_before"}},
    {"incident_acknowledge", {"incident", "revision", "why"}},
    {"incident_contain", {"incident", "revision", "why"}},
    {"incident_assign", {"incident", "revision", "assignee", "why"}},
    {"incident_note", {"incident", "kind", "markdown"}},
    {"incident_close", {"incident", "revision", "verdict", "why"}},
    {"block_list", {"before", "limit"}},
    {"block_add", {"target", "for", "responder", "why"}},
    {"block_remove", {"target", "why"}},
    {"block_undo", {"incident", "rule", "since", "why"}},
    {"allow_list", {}},
    {"allow_add", {"network", "for", "why"}},
    {"allow_remove", {"network", "why"}},
    {"breaker_reset", {"why"}},
    {"audit_list", {"before", "limit"}},
    {"audit_verify", {"after", "hash", "head"}},
}};

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

Error wrong_member(std::string_view name, std::string_view expected) {
  return invalid("'" + std::string(name) + "' of the request is no " + std::string(expected));
}

const Command* command_named(std::string_view name) {
  const auto* const found =
      std::find_if(commands.begin(), commands.end(), [&](const Command& one) { return one.name == name; });
  return found == commands.end() ? nullptr : found;
}

Error unknown_command(const std::string& name) {
  std::string known;
  for (const Command& command : commands)
    known.append(known.empty() ? "'" : ", '").append(command.name).append("'");
  return invalid("unknown command '" + name + "'; there is " + known);
}

}  // namespace

Result<std::string> ControlRequest::text(std::string_view name) const {
  const JsonNode* const found = members_.find(name);
  if (found == nullptr) return std::string();
  if (!found->is_text()) return wrong_member(name, "text");
  return found->text;
}

Result<std::string> ControlRequest::required_text(std::string_view name) const {
  TRY(std::string out, text(name));
  if (out.empty()) return invalid("the request has no '" + std::string(name) + "'");
  return out;
}

Result<std::int64_t> ControlRequest::required_number(std::string_view name, std::int64_t min) const {
  if (!has(name)) return invalid("the request has no '" + std::string(name) + "'");
  return number(name, min, min);
}

Result<std::int64_t> ControlRequest::number(std::string_view name, std::int64_t min,
                                            std::int64_t otherwise) const {
  const JsonNode* const found = members_.find(name);
  if (found == nullptr) return otherwise;
  const auto value = found->as_integer();
  if (!value || *value < min) return wrong_member(name, "whole number from " + std::to_string(min) + " on");
  return *value;
}

Result<ControlRequest> parse_control_request(std::string_view line) {
  auto parsed = parse_json(line, {.bytes_max = control_request_bytes_max, .depth_max = 1});
  if (!parsed) return std::move(parsed).error().within("the request is no JSON");
  ControlRequest out;
  out.members_ = *std::move(parsed);
  if (out.members_.kind != JsonNode::Kind::object) return invalid("the request is no JSON object");
  TRY(out.command_, out.required_text("command"));
  const Command* const command = command_named(out.command_);
  if (command == nullptr) return unknown_command(out.command_);
  for (const JsonMember& member : out.members_.members) {
    const bool is_taken =
        std::find(command->members.begin(), command->members.end(), member.name) != command->members.end();
    if (member.name != "command" && (!is_taken || member.name.empty()))
      return invalid("'" + out.command_ + "' takes no '" + member.name + "'");
  }
  return out;
}

std::string control_refusal(std::string_view reason, const std::string& message) {
  std::string out;
  JsonWriter(out).begin_object().key("error").text(message).key("reason").text(reason).end_object();
  return out;
}

}  // namespace alarum

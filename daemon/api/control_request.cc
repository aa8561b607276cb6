#include "daemon/api/control_request.h"

#include "daemon/event/json_decoder.h"

#include <string>

namespace alarum {
namespace {

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

}  // namespace

Result<ControlCommand> parse_control_request(std::string_view line) {
  JsonDecoder decoder({.bytes_max = control_request_bytes_max, .depth_max = 2});
  JsonDocument document;
  if (const auto reason = decoder.decode(line, document))
    return invalid("the request is no JSON object: " + std::string(reason_name(*reason)));
  if (document.has_duplicate_name) return invalid("the request has a member twice");
  if (document.has_invalid_value) return invalid("the request has a broken value");
  for (const JsonField& field : document.fields) {
    if (field.name != "command")
      return invalid("the request has an unknown member '" + std::string(field.name) + "'");
  }
  if (document.fields.empty()) return invalid("the request has no 'command'");
  const JsonField& command = document.fields.front();
  Arena arena;
  const bool is_text = command.value_count == 1 && !command.has_null &&
                       document.values[command.first_value].kind == JsonKind::text;
  const auto name = is_text ? unescape(document.raw_of(command, 0), arena) : std::nullopt;
  if (!name) return invalid("the 'command' of the request is no text");
  if (*name != "status") return invalid("unknown command '" + std::string(*name) + "'; there is 'status'");
  return ControlCommand::status;
}

}  // namespace alarum

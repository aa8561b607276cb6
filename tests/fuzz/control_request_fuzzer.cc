// What anybody may send to the control socket: whatever the bytes, a request is one of the commands with the
// members that it takes, of the kinds that they have to be, or it is refused with one sentence.
#include "daemon/api/control_request.h"
#include "daemon/base/ensure.h"
#include "daemon/base/json_writer.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace alarum {
namespace {

constexpr std::array<std::string_view, 18> commands = {
    "status",           "incident_list",   "incident_show", "incident_acknowledge",
    "incident_contain", "incident_assign", "incident_note", "incident_close",
    "block_list",       "block_add",       "block_remove",  "block_undo",
    "allow_list",       "allow_add",       "allow_remove",  "breaker_reset",
    "audit_list",       "audit_verify"};
constexpr std::array<std::string_view, 24> names = {
    "state",     "level",         "assignee",     "before",         "limit",
    "incident",  "after",         "notes_before", "journal_before", "hash",
    "head",      "alerts_before", "network",      "actions_before", "revision",
    "why",       "kind",          "markdown",     "target",         "for",
    "responder", "verdict",       "rule",         "since"};

/// A text of the request is the same when it is written and read again.
void check_text(const ControlRequest& request, std::string_view name) {
  const auto text = request.text(name);
  if (!text) return;
  std::string line;
  JsonWriter(line).begin_object().key("command").text(request.command()).key(name).text(*text).end_object();
  const auto again = parse_control_request(line);
  if (line.size() <= control_request_bytes_max && request.has(name))
    ENSURE(again.has_value() && *again->text(name) == *text, "a text has all its bytes");
  ENSURE(request.required_text(name).has_value() == !text->empty(), "what is required is not empty");
}

void check(std::string_view bytes) {
  const auto request = parse_control_request(bytes);
  if (!request) {
    ENSURE(!request.error().message.empty(), "a refusal says why");
    return;
  }
  ENSURE(bytes.size() <= control_request_bytes_max, "requests have a bound");
  ENSURE(std::find(commands.begin(), commands.end(), request->command()) != commands.end(),
         "a request is one of the commands that there are");
  for (const std::string_view name : names) {
    check_text(*request, name);
    const auto number = request->required_number(name, 1);
    ENSURE(!number || *number >= 1, "a number is at least what it has to be");
    ENSURE(request->has(name) || !number, "what is not there is no number");
  }
}

}  // namespace
}  // namespace alarum

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  alarum::check({reinterpret_cast<const char*>(data), size});
  return 0;
}

#pragma once

#include "daemon/base/json_node.h"
#include "daemon/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alarum {

/// How long a request may be, its line end included: room for a note.
inline constexpr std::size_t control_request_bytes_max = 128U << 10U;

/// What somebody asks for over the control socket: a command and what goes with it.
class ControlRequest {
 public:
  /// One of the commands that there are.
  const std::string& command() const { return command_; }

  /// The text of a member; empty where it is not there. The error says that it is none.
  Result<std::string> text(std::string_view name) const;
  /// The same for one that has to be there, and not empty.
  Result<std::string> required_text(std::string_view name) const;
  /// The number of a member, at least `min`; the error says that it is missing or none.
  Result<std::int64_t> required_number(std::string_view name, std::int64_t min) const;
  /// The same; `otherwise` where it is not there.
  Result<std::int64_t> number(std::string_view name, std::int64_t min, std::int64_t otherwise) const;
  /// Whether the member is there.
  bool has(std::string_view name) const { return members_.find(name) != nullptr; }

 private:
  friend Result<ControlRequest> parse_control_request(std::string_view line);

  std::string command_;
  JsonNode members_;
};

/// Reads one line, `{"command":"status"}`. Strict: an unknown command, a member that it does not take or a
/// doubled one is an error that says so, since whoever sent it means something that we would not do.
Result<ControlRequest> parse_control_request(std::string_view line);

/// The answer that refuses a request: a sentence for people, and one of the reasons that
/// docs/reference/control.md names for programs.
std::string control_refusal(std::string_view reason, const std::string& message);

}  // namespace alarum

#include "responders/socket_responder.h"

#include "responders/foreign_text.h"

#include <algorithm>

namespace alarum {

Option socket_option() {
  return {.name = "socket",
          .type = Option::Type::text,
          .example = "/run/alarum/enforcer.sock",
          .help =
              "The Unix socket of the program that is asked. Without it /run/alarum/enforcer.sock for "
              "nftables and /run/alarum/runner-NAME.sock for run, where NAME is the responder's."};
}

bool is_action_id(std::string_view id) {
  constexpr std::size_t size_max = 64;
  return !id.empty() && id.size() <= size_max && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string refusal_text(std::string_view who, const AnswerLine& answer) {
  std::string out = std::string(who) + " refuses: " + std::string(answer.value("guard"));
  const std::string_view entry = answer.value("entry");
  if (!entry.empty() && entry != "-") out.append(" (").append(entry).append(")");
  return one_line(out + ": " + std::string(answer.value("why")));
}

std::string one_line(std::string_view text) {
  constexpr std::size_t units_max = 400;
  return shown(text, Lines::one, units_max);
}

}  // namespace alarum

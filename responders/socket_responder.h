#pragma once

#include "responders/answer_line.h"
#include "responders/responder_kind.h"

#include <string>
#include <string_view>

/// What responders that ask the small programs of this machine have in common.
namespace alarum {

/// The key `socket`.
Option socket_option();

/// Whether the programs take this id of an action.
bool is_action_id(std::string_view id);

/// `refused guard=… entry=… why=…`, for people.
std::string refusal_text(std::string_view who, const AnswerLine& answer);

/// A text of another process, for people: one line.
std::string one_line(std::string_view text);

}  // namespace alarum

#pragma once

#include "daemon/cli/explanation_text.h"
#include "daemon/event/event.h"
#include "daemon/event/log_source.h"

#include <optional>
#include <string>

/// The part of an explanation that comes before the condition: what a rule asks for, and what an event is.
namespace alarum::cli {

/// The log sources of a rule and of an event.
struct SeenLogSource {
  LogSource wanted;
  EventClass seen;
  bool is_for_rule = false;  ///< the rule applies to the event
  bool is_told = false;      ///< by the event's channel; otherwise somebody said what all events are
  std::string channel;       ///< of the event; empty where it has none
};

/// What `router` made of `event`, for a rule that asks for `wanted`. `channel` is the field of that name.
SeenLogSource see_log_source(const LogSource& wanted, const Router& router, Event& event, FieldId channel);

/// One line, safe for a terminal: whether the rule applies, and if not, what the event is.
std::string to_text(const SeenLogSource& source, const ExplanationStyle& style, const Output& output);

/// What the event is, as a JSON object {product, service, categories}.
void write_json(const EventClass& seen, JsonWriter& json);

}  // namespace alarum::cli

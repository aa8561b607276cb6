#pragma once

#include "config/responder_mode.h"
#include "daemon/base/time.h"
#include "daemon/event/field_table.h"
#include "daemon/sigma/rule.h"
#include "responders/responder.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Playbooks, ready to decide: made by playbook_compiler, then immutable. Any thread.
namespace alarum {

/// The end of the types of entities that are addresses.
inline constexpr std::string_view address_suffix = ".ip";

/// What playbooks have to know of a responder.
struct PlaybookResponder {
  std::string name;
  ResponderNature nature = ResponderNature::telling;
  ResponderMode mode = ResponderMode::shadow;  ///< of an acting one
  bool ends_what_it_told = false;              ///< when the incident is resolved
};

/// One thing to be done.
struct PlaybookStep {
  std::string id;                 ///< `playbook/responder#1`: what ids of its actions are made of
  std::size_t responder = 0;      ///< index into the set's
  std::string target;             ///< the type of the entities that it acts on; of an acting one
  std::optional<Duration> lasts;  ///< of a blocking one, the first time
  Duration after{};
  Duration deadline{};
  bool is_only_if_done = false;  ///< the step before
};

/// A named list of steps, and for which alerts it is.
struct Playbook {
  std::string name;
  std::optional<sigma::Rule> when;  ///< a condition over the fields of playbook_fields; nothing: always
  std::vector<PlaybookStep> steps;
};

/// All playbooks, and the responders that they name.
struct PlaybookSet {
  FieldTable fields;
  std::vector<PlaybookResponder> responders;
  std::vector<Playbook> playbooks;
};

}  // namespace alarum

#pragma once

#include "responders/responder_kind.h"

#include <string>

namespace alarum {

/// The kind `run`: has alarum-runner run a script (docs/runner.md). The runner knows an action by its id, so
/// it is keyed; declarative where the entry's `class` says so.
ResponderKind run_kind();

/// What the script gets on stdin, `alarum.action/1`: one JSON object of the notice, the alert that asked for
/// it as it was committed, and the target.
std::string run_event(const Action& action);

}  // namespace alarum

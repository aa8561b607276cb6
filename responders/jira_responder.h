#pragma once

#include "responders/responder_kind.h"

namespace alarum {

/// The kind `jira`: a ticket for an incident, and a comment for each later action. Keyed: what may be there
/// is looked for before it is made again.
ResponderKind jira_kind();

}  // namespace alarum

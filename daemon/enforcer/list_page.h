#pragma once

#include "daemon/enforcer/answer.h"
#include "daemon/enforcer/enforcer_state.h"
#include "daemon/enforcer/request.h"

namespace alarum::enforcer {

/// The page of blocks, protections or who is left alone that a request asks for: so many lines as fit into
/// one answer, and where the next page begins. A pure function.
Answer list_page(const Request& request, const EnforcerState& state);

}  // namespace alarum::enforcer

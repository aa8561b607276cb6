#pragma once

#include "responders/responder_kind.h"

namespace alarum {

/// The kind `webhook`: a notice as JSON to whoever knows it again by its `webhook-id`. Keyed.
ResponderKind webhook_kind();

}  // namespace alarum

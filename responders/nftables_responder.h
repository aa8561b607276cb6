#pragma once

#include "responders/responder_kind.h"

namespace alarum {

/// The kind `nftables`: blocks addresses by the enforcer of this machine (docs/enforcer.md). Declarative.
ResponderKind nftables_kind();

}  // namespace alarum

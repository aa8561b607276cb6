#pragma once

#include "daemon/base/time.h"

namespace alarum {

/// How long something took, for progress and benchmarks: time since some fixed point, never set back.
/// The only place that asks the machine; nothing below the programs may, so that a replay gives the same
/// alerts.
Duration steady_now();

}  // namespace alarum

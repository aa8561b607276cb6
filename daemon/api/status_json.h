#pragma once

#include "daemon/api/rate_window.h"
#include "daemon/service_status.h"

#include <string>

namespace alarum {

/// `status` as one JSON object of schema `alarum.status/1`, in one line: the answer that `alarum status`
/// shows (docs/operating.md). Names and texts from outside are safe for a terminal in it.
std::string status_json(const ServiceStatus& status, const SourceRates& rates);

}  // namespace alarum

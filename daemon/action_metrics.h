#pragma once

#include "daemon/metric_family.h"
#include "daemon/service_status.h"

namespace alarum {

/// Adds what is known of actions and of those who carry them out. Every responder has a series for every
/// outcome from the beginning, and so has every guard.
void add_action_metrics(MetricFamilies& families, const ServiceStatus& status);

}  // namespace alarum

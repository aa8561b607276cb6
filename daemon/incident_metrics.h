#pragma once

#include "daemon/metric_family.h"
#include "daemon/service_status.h"

namespace alarum {

/// Adds what is known of incidents: how many are open, and how long each step of their lives took.
void add_incident_metrics(MetricFamilies& families, const ServiceStatus& status);

}  // namespace alarum

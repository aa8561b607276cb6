#pragma once

#include "daemon/service_status.h"

#include <string>

/// Every metric of alarumd, with its name, labels and help. There is no registry and nothing to update:
/// families are made from a status when somebody asks, so that the line counts in plain integers and knows
/// nothing of metrics.
namespace alarum {

/// The text of `/metrics` in Prometheus' format 0.0.4. Every family is there with HELP and TYPE, also before
/// its first value; what is counted by rule or by level is there from the moment a rule is loaded. Any
/// thread.
std::string metrics_text(const ServiceStatus& status);

}  // namespace alarum

#pragma once

#include "config/daemon_config.h"

#include <vector>

namespace alarum {

/// What alarumd needs of a configuration beyond what the tool does: sources with topics, brokers for what it
/// writes to Kafka, and no topic that it both reads and writes. A warning does not keep it from running. For
/// a configuration that was loaded without errors.
std::vector<Diagnostic> check_for_service(const LoadedConfig& loaded);

}  // namespace alarum

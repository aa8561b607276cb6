#pragma once

#include "config/option.h"

namespace alarum {

/// The keys of section `log`, which every program has that runs as a service.
const Section& log_options();

}  // namespace alarum

#pragma once

#include "daemon/demo/metrics_text.h"

#include <cstdint>
#include <string_view>

namespace alarum::demo {

/// What alarumd did about what it found, as `/metrics` tells it.
struct ResponseFigures {
  std::uint64_t incidents = 0;      ///< that are open
  std::uint64_t tickets = 0;        ///< that were created
  std::uint64_t blocks = 0;         ///< that were done
  std::uint64_t shadow_blocks = 0;  ///< that were written down and not done
  LagSummary detected;              ///< from an incident's first event to its first alert
  LagSummary told;                  ///< from that alert to its ticket
  LagSummary responded;             ///< from that alert to its first block
  LagSummary resolved;              ///< from that alert until it was closed
};

/// Reads them from Prometheus' text format.
ResponseFigures response_figures(std::string_view metrics);

}  // namespace alarum::demo

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Reads what `/metrics` answers, as far as the demo shows it.
namespace alarum::demo {

/// The sum of all series of `name` in Prometheus' text format that have `label`, which is written as there
/// (`source="web"`); empty: of all. 0 where there is none.
double metric_sum(std::string_view text, std::string_view name, std::string_view label);

/// What a histogram says in a few words.
struct LagSummary {
  std::uint64_t count = 0;
  double mean = 0;   ///< seconds
  std::string most;  ///< the bound, in seconds as written, that nothing exceeds; `+Inf` where there is none
};

/// The histogram `name` over all its series.
LagSummary lag_summary(std::string_view text, std::string_view name);

}  // namespace alarum::demo

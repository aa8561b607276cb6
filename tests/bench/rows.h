#pragma once

#include "daemon/pipeline/plan.h"
#include "tests/bench/corpus.h"

#include <cstdint>
#include <memory>

/// The rows of the benchmark: one pass over a corpus each. They return how many records became events.
namespace alarum::bench {

/// Records to events, routed, with the fields of all rules bound; no rule is asked.
std::uint64_t decode(const Corpus& corpus, const Plan& plan);

/// The same, and the reference evaluator asks every rule. `fired` counts the matches.
std::uint64_t evaluate_reference(const Corpus& corpus, const Plan& plan, std::uint64_t& fired);

/// The lane as the daemon runs it, with the engine in use and samples of what rules cost; alerts written as
/// JSON. `fired` counts the alerts.
std::uint64_t evaluate_all(const Corpus& corpus, const std::shared_ptr<const Plan>& plan,
                           std::uint64_t& fired);

}  // namespace alarum::bench

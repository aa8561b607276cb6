#pragma once

#include "tests/bench/corpus.h"

#include <cstdint>

namespace alarum::bench {

/// What simdjson's On-Demand interface needs to walk every record in batches of 1 MiB with every key and
/// string unescaped and numbers as raw tokens: the speed that ours is compared with, in the same run.
/// Returns how many records it walked.
std::uint64_t walk_json(const Corpus& corpus);

}  // namespace alarum::bench

#pragma once

#include "daemon/base/time.h"
#include "daemon/stream/source.h"

#include <optional>

namespace alarum {

/// Until when a source has told us everything, as far as that can be known: all that was written to its
/// partitions by then has been read and committed, and it has events of that time. A source that delivers
/// nothing tells nothing, however long; one that we lag behind, or that is in trouble, tells of the past
/// only. Any thread.
///
/// `committed` is how far its partitions are, as of `committed_as_of`; `health` was asked for before that,
/// else what it says about lags does not count. `lateness`: how much later than others an event may come.
/// Nothing where nothing is known.
std::optional<Timestamp> heard_until(const Positions& committed, Timestamp committed_as_of,
                                     const SourceHealth& health, Duration lateness);

}  // namespace alarum

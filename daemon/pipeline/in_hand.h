#pragma once

#include "daemon/event/record.h"

#include <atomic>

namespace alarum {

/// Which record a worker evaluates right now, for the handler of a crash in that worker's thread. Atomics,
/// since a signal comes between any two instructions; written once a record.
struct InHand {
  std::atomic<const Record*> record{nullptr};  ///< null between batches
  std::atomic<int> thread{0};                  ///< the kernel's id of the worker's thread
};

}  // namespace alarum

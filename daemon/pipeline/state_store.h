#pragma once

#include "daemon/base/result.h"
#include "daemon/stream/commit.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace alarum {

/// Where commits are kept. One process at a time. `write` and `load` are the committer's; `read_outbox` any
/// thread's.
class StateStore {
 public:
  virtual ~StateStore() = default;

  /// Everything that was committed.
  virtual Result<CommittedState> load() = 0;

  /// Makes one commit. When it returns success, all of it is on the disk for good; after an error perhaps none
  /// of it, perhaps all: the same batch may be written again, and has to be before any other.
  virtual Status write(const CommitBatch& batch) = 0;

  /// Outbox entries behind sequence `after`, in order: those that fit into `bytes_max`, and at least one if there
  /// is any. Only what was committed is ever seen.
  virtual Result<std::vector<OutboxEntry>> read_outbox(std::uint64_t after, std::size_t bytes_max) = 0;
};

/// Opens the state in `folder`, made if it is not there: RocksDB behind a lock on the folder. The error says who
/// else has it, that its version is not ours, or what the disk said.
Result<std::unique_ptr<StateStore>> open_state_store(const std::string& folder);

}  // namespace alarum

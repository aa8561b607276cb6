#pragma once

#include "daemon/base/result.h"
#include "daemon/pipeline/byte_store.h"
#include "daemon/stream/commit.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alarum {

/// Where commits are kept. `load` and `write` are the committer's; `read_outbox` any thread's.
class StateStore {
 public:
  explicit StateStore(std::unique_ptr<ByteStore> bytes) : bytes_(std::move(bytes)) {}

  /// Everything that was committed; a new, empty store is marked as ours. The error says that the state is of
  /// another version, or damaged, or what the disk said. Comes before any `write`.
  Result<CommittedState> load();

  /// Makes one commit. When it returns success, all of it is on the disk for good; after an error perhaps
  /// none of it, perhaps all: the same batch may be written again, and has to be before any other.
  Status write(const CommitBatch& batch);

  /// Outbox entries behind sequence `after`, in order: those that fit into `bytes_max`, and at least one if
  /// there is any. Only what was committed is ever seen.
  Result<std::vector<OutboxEntry>> read_outbox(std::uint64_t after, std::size_t bytes_max);

 private:
  std::unique_ptr<ByteStore> bytes_;
  std::uint64_t deleted_before_ = 0;  // entries up to here are gone
  std::set<std::string> sinks_;       // whose progress is there
};

}  // namespace alarum

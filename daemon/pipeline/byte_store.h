#pragma once

#include "daemon/base/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace alarum {

/// One change to a byte store: a key gets a value, or goes.
struct ByteChange {
  std::string key;
  std::optional<std::string> value;  ///< nothing deletes the key
};

/// A map from bytes to bytes that survives the process: what state is kept on. RocksDB, or a twin in memory
/// that tears and forgets as disks do. `write` is one thread's, `scan` any thread's.
class ByteStore {
 public:
  virtual ~ByteStore() = default;

  /// Makes all changes or none. On success they are on the disk for good; after an error nobody knows which
  /// of the two it was.
  virtual Status write(std::span<const ByteChange> changes) = 0;

  /// The pairs with `first` ≤ key < `last` in the order of keys: as many as fit into `bytes_max` bytes of
  /// values, and one at least if there is any.
  virtual Result<std::vector<std::pair<std::string, std::string>>> scan(const std::string& first,
                                                                        const std::string& last,
                                                                        std::size_t bytes_max) = 0;
};

/// Opens RocksDB in `folder`, made if it is not there, behind a lock on the folder. The error says who else
/// has it, or what the disk said.
Result<std::unique_ptr<ByteStore>> open_rocksdb(const std::string& folder);

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"

#include <string>
#include <utility>

namespace alarum {

/// A file that one process holds at a time, to keep others away from what stands beside it. The kernel takes
/// the lock back however the process ends; the file stays.
class FileLock {
 public:
  /// Takes the lock on the file at `path`, which is made for its owner alone where there is none. The error
  /// names it; `limit` says that another process has it.
  static Result<FileLock> take(const std::string& path);

  ~FileLock();
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace alarum

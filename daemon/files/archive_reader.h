#pragma once

#include "daemon/base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// The bytes of a file, unpacked: the wall around libarchive. Plain files, compressed ones (gzip, zstd, xz,
/// bzip2, lz4, …) and archives (zip, tar, 7zip, …) read alike, member after member. One thread.
class ArchiveReader {
 public:
  /// Opens the file at `path`, or stdin where it is `-`.
  static Result<ArchiveReader> open(const std::string& path);
  ~ArchiveReader();
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) = delete;

  /// Goes on to the next file inside. Its name, or an empty one where the file is no archive; nothing at the
  /// end.
  Result<std::optional<std::string>> next_member();

  /// The next piece of the member; empty at its end. Valid until the next call. An error ends the member;
  /// `next_member` goes on with the one behind it, or says that nothing is left where that cannot be found.
  Result<std::string_view> read();

  /// Bytes of the file that were read so far, as they lie on the disk.
  std::uint64_t bytes_read() const;

 private:
  class Impl;
  explicit ArchiveReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace alarum

#pragma once

#include "daemon/files/byte_stream.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace alarum {

/// The bytes of a file as they lie on the disk. One thread.
class FileStream final : public ByteStream {
 public:
  /// Opens the file at `path`, or stdin where it is `-`.
  static Result<std::unique_ptr<FileStream>> open(const std::string& path);
  ~FileStream() override;
  FileStream(const FileStream&) = delete;
  FileStream& operator=(const FileStream&) = delete;

  /// Pieces are full blocks, but for the last.
  Result<std::string_view> read() override;

  /// Whether `seek` works: the file is no pipe, and was opened at its start.
  bool is_seekable() const { return is_seekable_; }
  /// Goes on reading at `offset`, counted as lseek does by `whence`. The new place from the file's start.
  Result<std::uint64_t> seek(std::int64_t offset, int whence);

  /// Where the next piece begins, from the file's start.
  std::uint64_t position() const { return position_; }

 private:
  FileStream(int descriptor, bool is_seekable) : descriptor_(descriptor), is_seekable_(is_seekable) {}

  int descriptor_;
  bool is_seekable_;
  std::uint64_t position_ = 0;
  std::array<char, 64U << 10U> block_{};
};

}  // namespace alarum

#include "daemon/files/file_stream.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {

Result<std::unique_ptr<FileStream>> FileStream::open(const std::string& path) {
  const int descriptor = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 "cannot open '" + path + "': " + std::strerror(errno)};
  }
  struct stat status = {};
  const bool is_known = fstat(descriptor, &status) == 0;
  const bool is_at_start = lseek(descriptor, 0, SEEK_CUR) == 0;  // stdin may have been read in part
  std::unique_ptr<FileStream> out(
      new FileStream(descriptor, is_known && S_ISREG(status.st_mode) && is_at_start));
  if (is_known && S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::invalid, "'" + path + "' is a folder; name the files in it"};
  }
  return out;
}

FileStream::~FileStream() {
  if (descriptor_ != STDIN_FILENO) close(descriptor_);
}

Result<std::string_view> FileStream::read() {
  std::size_t size = 0;
  while (size < block_.size()) {
    const ssize_t count = ::read(descriptor_, block_.data() + size, block_.size() - size);
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{ErrorCode::io, std::strerror(errno)};
    size += static_cast<std::size_t>(count);
  }
  position_ += size;
  return std::string_view(block_.data(), size);
}

Result<std::uint64_t> FileStream::seek(std::int64_t offset, int whence) {
  const off_t place = lseek(descriptor_, offset, whence);
  if (place < 0) return Error{ErrorCode::io, std::strerror(errno)};
  position_ = static_cast<std::uint64_t>(place);
  return position_;
}

}  // namespace alarum

#include "daemon/base/file_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace alarum {

Result<FileLock> FileLock::take(const std::string& path) {
  FileLock out(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (out.descriptor_ < 0) return Error{ErrorCode::io, "cannot open '" + path + "': " + std::strerror(errno)};
  if (flock(out.descriptor_, LOCK_EX | LOCK_NB) == 0) return out;
  if (errno == EWOULDBLOCK) return Error{ErrorCode::limit, "another process has '" + path + "'"};
  return Error{ErrorCode::io, "cannot lock '" + path + "': " + std::strerror(errno)};
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace alarum

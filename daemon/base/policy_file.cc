#include "daemon/base/policy_file.h"

#include "daemon/base/descriptor.h"
#include "daemon/base/system_error.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr std::size_t policy_bytes_max = 1 << 20;

Status check_owner(const std::string& path, const struct stat& status) {
  const auto refused = [&](const std::string& why) {
    return Error{ErrorCode::invalid, "'" + path + "' " + why};
  };
  if (!S_ISREG(status.st_mode)) return refused("is no regular file");
  if (status.st_uid != 0)
    return refused("belongs to user " + std::to_string(status.st_uid) + ", not to root: chown root it");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return refused("may be written by others than root: chmod 0640 it");
  return {};
}

}  // namespace

Result<std::string> read_policy_file(const std::string& path) {
  // Without O_NONBLOCK a pipe in its place would wait for a writer.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) return file_error("cannot read", path, errno);
  struct stat status = {};
  if (fstat(file.number(), &status) != 0) return file_error("cannot read", path, errno);
  TRY_OK(check_owner(path, status));
  std::string out;
  std::array<char, 16384> piece{};
  for (;;) {
    const ssize_t count = read(file.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("cannot read", path, errno);
    if (count == 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(count));
    if (out.size() > policy_bytes_max) return file_error("cannot read", path, EFBIG);
  }
}

}  // namespace alarum

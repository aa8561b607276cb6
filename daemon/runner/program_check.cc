#include "daemon/runner/program_check.h"

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace alarum::runner {
namespace {

using Path = std::filesystem::path;

constexpr int links_max = 40;  // as many as the kernel follows

Error refused(const Path& path, const std::string& why) {
  return {ErrorCode::invalid, "'" + path.string() + "' " + why};
}

Result<struct stat> look_at(const Path& path) {
  struct stat out = {};
  if (lstat(path.c_str(), &out) == 0) return out;
  return refused(path, std::string("cannot be looked at: ") + std::strerror(errno));
}

Status check_owner(const Path& path, const struct stat& status) {
  if (status.st_uid != 0)
    return refused(path, "belongs to user " + std::to_string(status.st_uid) + ", not to root");
  const bool is_like_tmp = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
  const bool is_link = S_ISLNK(status.st_mode);  // its mode says nothing
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !is_like_tmp && !is_link)
    return refused(path, "may be written by others than root");
  return {};
}

/// Goes a path as the kernel does, and looks at everything on the way.
class Way {
 public:
  explicit Way(const Path& path) { put_in_front(path); }

  /// Where it leads: no link any more.
  Result<Path> walk() {
    TRY(const struct stat root, look_at(at_));
    TRY_OK(check_owner(at_, root));
    while (!left_.empty()) {
      const Path part = left_.front();
      left_.pop_front();
      if (part == "..") at_ = at_.parent_path();
      if (!part.empty() && part != "." && part != "..") TRY_OK(enter(at_ / part));
    }
    return at_;
  }

 private:
  void put_in_front(const Path& path) {
    const Path relative = path.relative_path();
    left_.insert(left_.begin(), relative.begin(), relative.end());
    if (path.is_absolute()) at_ = "/";
  }

  Status enter(const Path& path) {
    TRY(const struct stat status, look_at(path));
    TRY_OK(check_owner(path, status));
    if (!S_ISLNK(status.st_mode)) {
      at_ = path;
      return {};
    }
    std::error_code error;
    const Path target = std::filesystem::read_symlink(path, error);
    if (error) return refused(path, "cannot be read: " + error.message());
    if (++links_ > links_max) return refused(path, "leads through too many links");
    put_in_front(target);
    return {};
  }

  Path at_ = "/";
  std::deque<Path> left_;  // what is still to go
  int links_ = 0;
};

}  // namespace

Status check_program(const std::string& path) {
  TRY(const Path program, Way(path).walk());
  TRY(const struct stat status, look_at(program));
  if (!S_ISREG(status.st_mode)) return refused(path, "is no regular file");
  if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return refused(path, "is not executable");
  return {};
}

}  // namespace alarum::runner

#include "daemon/base/line_log.h"

#include "daemon/base/checksum.h"
#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/system_error.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr std::size_t text_size_max = std::size_t{512} << 20;
constexpr std::size_t checksum_size = 8;

/// The line with its checksum in front, as the file has it.
std::string with_checksum(std::string_view line) {
  return checksum_text(crc32(line)) + " " + std::string(line) + "\n";
}

/// What stands behind a checksum that is right.
std::optional<std::string> without_checksum(std::string_view line) {
  if (line.size() <= checksum_size || line[checksum_size] != ' ') return std::nullopt;
  const std::string_view text = line.substr(checksum_size + 1);
  if (line.substr(0, checksum_size) != checksum_text(crc32(text))) return std::nullopt;
  return std::string(text);
}

}  // namespace

Result<LineLog> LineLog::open(const std::string& path, std::string_view heading) {
  LineLog out(path, heading);
  TRY_OK(out.lock());
  struct stat found = {};
  if (stat(path.c_str(), &found) == 0 && found.st_uid != geteuid())
    return Error{ErrorCode::io, "'" + path + "' belongs to user " + std::to_string(found.st_uid) +
                                    ", not to this one, " + std::to_string(geteuid()) +
                                    ": run this as that user"};
  const auto text = read_file(path, text_size_max);
  if (!text && text.error().code != ErrorCode::not_found) return text.error();
  if (!text) TRY_OK(out.replace({}));
  if (text) TRY_OK(out.take_text(*text));
  return out;
}

Status LineLog::append(std::string_view line) {
  const std::string text = with_checksum(line);
  errno = 0;
  const ssize_t count = write(file_.number(), text.data(), text.size());
  if (count == static_cast<ssize_t>(text.size()) && fdatasync(file_.number()) == 0) {
    ++line_count_;
    return {};
  }
  if (count >= 0 && errno == 0) errno = ENOSPC;
  return file_error("cannot write", path_, errno);
}

Status LineLog::replace(std::span<const std::string> lines) {
  std::string text = heading_ + "\n";
  for (const std::string& line : lines) text += with_checksum(line);
  TRY_OK(replace_file(path_, text));
  line_count_ = lines.size();
  return reopen();
}

/// Takes in every line; the last one may be what a crash left of it.
Status LineLog::take_text(const std::string& text) {
  std::size_t size = heading_.size() + 1;
  if (!text.starts_with(heading_ + "\n"))
    return Error{ErrorCode::invalid, "'" + path_ + "' does not begin with '" + heading_ + "'"};
  while (size < text.size()) {
    const std::size_t end = std::min(text.find('\n', size), text.size());
    auto line = without_checksum(std::string_view(text).substr(size, end - size));
    const bool is_last = end + 1 >= text.size();
    if (is_last && (!line || end == text.size())) {
      log::warn("cut off what a crash left of the last line", {{"path", path_}});
      break;
    }
    if (!line)
      return Error{ErrorCode::invalid, path_ + ":" + std::to_string(lines_.size() + 2) +
                                           ": the checksum is not that of the line"};
    lines_.push_back(*std::move(line));
    size = end + 1;
  }
  line_count_ = lines_.size();
  TRY_OK(reopen());
  return ftruncate(file_.number(), static_cast<off_t>(size)) == 0
             ? Status()
             : Status(file_error("cannot cut", path_, errno));
}

/// The lock is a file of its own, since the file of lines is replaced by renaming. It is the process's alone:
/// one that it forked does not hold it on after its end.
Status LineLog::lock() {
  const std::string path = path_ + ".lock";
  lock_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock_.is_open()) return file_error("cannot open", path, errno);
  struct flock whole = {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(lock_.number(), F_SETLK, &whole) == 0) return {};
  if (errno != EACCES && errno != EAGAIN) return file_error("cannot lock", path, errno);
  const bool is_known = fcntl(lock_.number(), F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  const std::string holder = is_known ? "process " + std::to_string(whole.l_pid) : "another process";
  return Error{ErrorCode::io, holder + " uses '" + path_ + "' already"};
}

Status LineLog::reopen() {
  file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  return file_.is_open() ? Status() : Status(file_error("cannot open", path_, errno));
}

}  // namespace alarum

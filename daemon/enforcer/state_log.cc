#include "daemon/enforcer/state_log.h"

#include "daemon/base/checksum.h"
#include "daemon/base/file.h"
#include "daemon/base/log.h"
#include "daemon/base/system_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace alarum::enforcer {
namespace {

constexpr std::string_view first_line = "alarum-enforcer-state 1\n";
constexpr std::size_t state_bytes_max = std::size_t{256} << 20;  // actions_max lines need a tenth
constexpr std::size_t checksum_size = 8;
constexpr std::size_t holder_size = 16;  // a process number and spaces
constexpr std::int64_t microseconds_per_second = 1'000'000;

/// The record with the checksum of its text in front, as the file has it.
std::string line_of(const StateRecord& record) {
  const std::string text = state_line(record);
  return checksum_text(crc32(text)) + " " + text + "\n";
}

Result<StateRecord> parse_line(std::string_view line) {
  const bool has_checksum = line.size() > checksum_size && line[checksum_size] == ' ';
  const std::string_view text = has_checksum ? line.substr(checksum_size + 1) : std::string_view();
  if (!has_checksum || line.substr(0, checksum_size) != checksum_text(crc32(text)))
    return Error{ErrorCode::invalid, "the checksum is not that of the line"};
  return parse_state_line(text);
}

/// The process that holds a lock, as it wrote it there.
std::string holder_of(int lock) {
  std::array<char, holder_size> text{};
  const ssize_t count = pread(lock, text.data(), text.size(), 0);
  const std::string_view read(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  const std::string_view number = read.substr(0, read.find_first_not_of("0123456789"));
  return number.empty() ? "another process" : "process " + std::string(number);
}

/// What belongs to another user is left to that user; what is not there is no error.
Status check_owner(const std::string& path) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0 || found.st_uid == geteuid()) return {};
  return Error{ErrorCode::io, "'" + path + "' belongs to user " + std::to_string(found.st_uid) +
                                  ", not to this one, " + std::to_string(geteuid()) +
                                  ": run this as that user"};
}

Timestamp time_of(const struct stat& status) {
  return {status.st_mtim.tv_sec * microseconds_per_second + status.st_mtim.tv_nsec / 1000};
}

}  // namespace

Result<StateLog> StateLog::open(const std::string& path) {
  StateLog out(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  // Before anything is made there: a lock of root's would keep the service from its own state.
  if (geteuid() == 0) TRY_OK(check_owner(folder.empty() ? "." : folder));
  TRY_OK(out.lock());
  TRY_OK(check_owner(path));
  const auto text = read_file(path, state_bytes_max);
  if (!text && text.error().code != ErrorCode::not_found) return text.error();
  if (!text) TRY_OK(out.replace({}));
  if (text) TRY_OK(out.take_text(*text));
  return out;
}

StateLog::StateLog(StateLog&& other) noexcept
    : path_(std::move(other.path_)),
      records_(std::move(other.records_)),
      last_seen_(other.last_seen_),
      lock_(std::exchange(other.lock_, -1)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      line_count_(other.line_count_) {}

StateLog::~StateLog() {
  for (const int descriptor : {file_, lock_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

Status StateLog::append(const StateRecord& record) {
  const std::string line = line_of(record);
  errno = 0;
  const ssize_t count = write(file_, line.data(), line.size());
  if (count == static_cast<ssize_t>(line.size()) && fdatasync(file_) == 0) {
    size_ += line.size();
    ++line_count_;
    return {};
  }
  if (count >= 0 && errno == 0) errno = ENOSPC;
  return file_error("cannot write", path_, errno);
}

Status StateLog::replace(std::span<const StateRecord> records) {
  std::string text(first_line);
  for (const StateRecord& record : records) text += line_of(record);
  TRY_OK(replace_file(path_, text));
  size_ = text.size();
  line_count_ = records.size();
  return reopen();
}

Status StateLog::mark_seen(Timestamp now) {
  const timespec time{static_cast<std::time_t>(now.microseconds / microseconds_per_second),
                      now.microseconds % microseconds_per_second * 1000};
  const std::array<timespec, 2> times = {time, time};
  return futimens(lock_, times.data()) == 0
             ? Status()
             : Status(file_error("cannot set the time of the lock of", path_, errno));
}

/// Takes in every line; the last one may be what a crash left of it.
Status StateLog::take_text(const std::string& text) {
  if (!text.starts_with(first_line))
    return Error{ErrorCode::invalid, "'" + path_ + "' is no state of this enforcer"};
  size_ = first_line.size();
  while (size_ < text.size()) {
    const std::size_t end = std::min(text.find('\n', size_), text.size());
    auto record = parse_line(std::string_view(text).substr(size_, end - size_));
    const bool is_last = end + 1 >= text.size();
    if (is_last && (!record || end == text.size())) {
      log::warn("cut off what a crash left of the state's last line", {{"path", path_}});
      break;
    }
    if (!record)
      return std::move(record).error().within(path_ + ":" + std::to_string(records_.size() + 2) +
                                              ": damaged (to start without blocks, move the file away)");
    records_.push_back(*std::move(record));
    size_ = end + 1;
  }
  line_count_ = records_.size();
  TRY_OK(reopen());
  if (ftruncate(file_, static_cast<off_t>(size_)) != 0) return file_error("cannot cut", path_, errno);
  return {};
}

/// The lock is a file of its own, since the state is replaced by renaming.
Status StateLog::lock() {
  const std::string path = path_ + ".lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_ < 0) return file_error("cannot open", path, errno);
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return file_error("cannot lock", path, errno);
    return Error{ErrorCode::io, holder_of(lock_) + " is another enforcer that uses '" + path_ + "'"};
  }
  struct stat status = {};
  if (fstat(lock_, &status) != 0) return file_error("cannot look at", path, errno);
  // A lock that was made just now, which is empty, has not seen any time.
  if (status.st_size > 0) last_seen_ = time_of(status);
  // Written over the number before, so that a full disk does not matter; who holds it is only for people.
  std::string holder = std::to_string(getpid());
  holder.resize(holder_size, ' ');
  static_cast<void>(pwrite(lock_, holder.data(), holder.size(), 0));
  return mark_seen(last_seen_);
}

Status StateLog::reopen() {
  if (file_ >= 0) close(file_);
  file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  return file_ >= 0 ? Status() : Status(file_error("cannot open", path_, errno));
}

}  // namespace alarum::enforcer

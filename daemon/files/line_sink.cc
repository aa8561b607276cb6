#include "daemon/files/line_sink.h"

#include "daemon/base/fault.h"
#include "daemon/base/log.h"

#include <climits>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace alarum {
namespace {

constexpr std::size_t pending_bytes_max = 1U << 20U;
constexpr std::chrono::milliseconds retry_interval{200};

Error failed(std::string_view deed, const std::string& path) {
  return {ErrorCode::io, "cannot " + std::string(deed) + " '" + path + "': " + std::strerror(errno)};
}

}  // namespace

Result<std::unique_ptr<LineSink>> LineSink::open(std::string name, std::string path) {
  std::unique_ptr<LineSink> out(new LineSink(std::move(name), std::move(path)));
  TRY_OK(out->open_file());
  return out;
}

LineSink::~LineSink() {
  if (descriptor_ > STDERR_FILENO) close(descriptor_);
}

Status LineSink::open_file() {
  if (path_ != "-") {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor_ < 0) return failed("open", path_);
  } else {
    descriptor_ = STDOUT_FILENO;
  }
  struct stat what = {};
  is_stream_ = fstat(descriptor_, &what) == 0 && !S_ISREG(what.st_mode);
  written_ = 0;
  if (is_stream_) return {};
  char last = '\n';
  const off_t size = lseek(descriptor_, 0, SEEK_END);
  ends_in_line_ = size <= 0 || pread(descriptor_, &last, 1, size - 1) != 1 || last == '\n';
  return {};
}

/// Whether the path no longer leads to the file that is open.
bool LineSink::is_replaced() const {
  struct stat here = {};
  struct stat there = {};
  if (path_ == "-" || fstat(descriptor_, &here) != 0) return false;
  return stat(path_.c_str(), &there) != 0 || here.st_ino != there.st_ino || here.st_dev != there.st_dev;
}

bool LineSink::offer(const OutboxEntry& entry) {
  if (!pending_.empty() && pending_.size() + entry.payload.size() > pending_bytes_max) return false;
  pending_.append(entry.payload).append("\n");
  sequences_.push_back(entry.sequence);
  return true;
}

void LineSink::step(Duration wait, std::vector<SinkResult>& results) {
  if (sequences_.empty()) return;
  if (const Status written = write_pending(wait); !written) {
    if (trouble_ != written.error().message)
      log::warn("sink does not take entries, trying again",
                {{"sink", name_}, {"error", written.error().message}});
    trouble_ = written.error().message;
    // Nothing tells when a disk has room; for a stream we have waited.
    if (!is_stream_) std::this_thread::sleep_for(std::min<Duration>(wait, retry_interval));
    return;
  }
  trouble_.clear();
  for (const std::uint64_t sequence : sequences_) results.push_back({sequence, true, ""});
  sequences_.clear();
  pending_.clear();
  written_ = 0;
}

/// Whether a stream takes something within `wait`: up to PIPE_BUF bytes, without blocking.
bool LineSink::is_writable(Duration wait) const {
  pollfd asked = {descriptor_, POLLOUT, 0};
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  return poll(&asked, 1, static_cast<int>(milliseconds)) > 0;
}

/// Writes some of `bytes`; how many. A stream is waited for.
Result<std::size_t> LineSink::write_some(std::string_view bytes, Duration wait) {
  if (is_stream_) {
    if (!is_writable(wait))
      return Error{ErrorCode::io, "'" + path_ + "' takes nothing: whoever reads it has stopped"};
    bytes = bytes.substr(0, PIPE_BUF);
  }
  for (;;) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return failed("write", path_);
  }
}

Status LineSink::write_pending(Duration wait) {
  TRY_OK(fault::point("before_line_write"));
  if (descriptor_ < 0 || is_replaced()) TRY_OK(open_file());
  if (!ends_in_line_) TRY_OK(write_some("\n", wait));
  ends_in_line_ = true;
  while (written_ < pending_.size()) {
    const auto count = write_some(std::string_view(pending_).substr(written_), wait);
    if (count) {
      written_ += *count;
      continue;
    }
    // A stream goes on where it stopped, a file with the whole entry on a line of its own.
    if (!is_stream_) ends_in_line_ = std::exchange(written_, 0) == 0;
    return count.error();
  }
  if (is_stream_ || fdatasync(descriptor_) == 0) return {};
  written_ = 0;
  return failed("sync", path_);
}

}  // namespace alarum

#include "daemon/files/line_sink.h"

#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace alarum {
namespace {

constexpr std::size_t pending_bytes_max = 1U << 20U;
constexpr std::chrono::milliseconds retry_interval{200};
/// For how long the reader of a stream may take nothing before that is trouble.
constexpr std::chrono::seconds stillness_max{1};

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
  if (descriptor_ > STDERR_FILENO) close(descriptor_);
  if (path_ == "-") {
    TRY_OK(open_stdout());
  } else {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0640);
    if (descriptor_ < 0) return failed("open", path_);
  }
  struct stat what = {};
  is_stream_ = fstat(descriptor_, &what) == 0 && !S_ISREG(what.st_mode);
  is_socket_ = is_stream_ && S_ISSOCK(what.st_mode);
  written_ = 0;
  if (is_stream_ && descriptor_ != STDOUT_FILENO) fcntl(descriptor_, F_SETFL, O_APPEND | O_NONBLOCK);
  if (is_stream_) return {};
  char last = '\n';
  const off_t size = lseek(descriptor_, 0, SEEK_END);
  ends_in_line_ = size <= 0 || pread(descriptor_, &last, 1, size - 1) != 1 || last == '\n';
  return {};
}

/// Opens what stdout is once more, for ourselves: that it does not block is then nobody else's affair. A
/// socket cannot be opened so, and need not: it can be asked not to block each time.
Status LineSink::open_stdout() {
  descriptor_ = ::open("/proc/self/fd/1", O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor_ < 0) descriptor_ = STDOUT_FILENO;
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
  if (pending_.empty()) taken_at_ = steady_now();
  pending_.append(entry.payload).append("\n");
  sequences_.push_back(entry.sequence);
  return true;
}

void LineSink::step(Duration wait, std::vector<SinkResult>& results) {
  if (sequences_.empty()) return;
  const Result<bool> written = write_pending(steady_now() + wait);
  if (!written) {
    if (trouble_ != written.error().message)
      log::warn("sink does not take entries, trying again",
                {{"sink", name_}, {"error", written.error().message}});
    trouble_ = written.error().message;
    std::this_thread::sleep_for(
        std::min<Duration>(wait, retry_interval));  // nothing tells when a disk has room
    return;
  }
  if (!*written) return note_stillness();
  trouble_.clear();
  for (const std::uint64_t sequence : sequences_) results.push_back({sequence, true, ""});
  sequences_.clear();
  pending_.clear();
  written_ = 0;
}

void LineSink::note_stillness() {
  if (steady_now() < taken_at_ + stillness_max) return;
  if (trouble_.empty()) log::warn("sink takes nothing", {{"sink", name_}});
  trouble_ = "'" + path_ + "' takes nothing: whoever reads it has stopped";
}

/// Writes some of `bytes`; how many. 0: a stream takes none now.
Result<std::size_t> LineSink::write_some(std::string_view bytes) {
  for (;;) {
    const ssize_t count = is_socket_
                              ? send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                              : write(descriptor_, bytes.data(), bytes.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) return std::size_t{0};
    if (errno != EINTR) return failed("write", path_);
  }
}

/// False: what is written to takes no more before the deadline.
Result<bool> LineSink::write_pending(Duration deadline) {
  TRY_OK(fault::point("before_line_write"));
  if (descriptor_ < 0 || is_replaced()) TRY_OK(open_file());
  if (!ends_in_line_) TRY_OK(write_some("\n"));
  ends_in_line_ = true;
  while (written_ < pending_.size()) {
    const auto count = write_some(std::string_view(pending_).substr(written_));
    if (!count) {
      // A stream goes on where it stopped, a file with the whole entry on a line of its own.
      if (!is_stream_) ends_in_line_ = std::exchange(written_, 0) == 0;
      return count.error();
    }
    written_ += *count;
    if (*count > 0) taken_at_ = steady_now();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_now());
    if (*count == 0 && left.count() <= 0) return false;
    pollfd asked = {descriptor_, POLLOUT, 0};
    if (*count == 0) poll(&asked, 1, static_cast<int>(left.count()));
  }
  if (is_stream_ || fdatasync(descriptor_) == 0) return true;
  written_ = 0;
  return failed("sync", path_);
}

}  // namespace alarum

#include "daemon/files/line_sink.h"

#include "daemon/base/fault.h"
#include "daemon/base/log.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

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
  if (path_ == "-") {
    descriptor_ = STDOUT_FILENO;
    return {};
  }
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor_ < 0) return failed("open", path_);
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
  if (const Status written = write_pending(); !written) {
    if (trouble_ != written.error().message)
      log::warn("sink does not take entries, trying again",
                {{"sink", name_}, {"error", written.error().message}});
    trouble_ = written.error().message;
    std::this_thread::sleep_for(
        std::min<Duration>(wait, retry_interval));  // nothing tells when a disk has room
    return;
  }
  trouble_.clear();
  for (const std::uint64_t sequence : sequences_) results.push_back({sequence, true, ""});
  sequences_.clear();
  pending_.clear();
}

Status LineSink::write_pending() {
  TRY_OK(fault::point("before_line_write"));
  if (descriptor_ < 0 || is_replaced()) TRY_OK(open_file());
  if (!ends_in_line_) pending_.insert(0, "\n");
  ends_in_line_ = true;
  for (std::size_t done = 0; done < pending_.size();) {
    const ssize_t count = write(descriptor_, pending_.data() + done, pending_.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      ends_in_line_ = done == 0;
      return failed("write", path_);
    }
    done += static_cast<std::size_t>(count);
  }
  // Pipes and terminals cannot be synced; there is nothing behind them that could be lost.
  if (path_ != "-" && fdatasync(descriptor_) != 0 && errno != EINVAL && errno != EROFS)
    return failed("sync", path_);
  return {};
}

}  // namespace alarum

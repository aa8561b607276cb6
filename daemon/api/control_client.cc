#include "daemon/api/control_client.h"

#include "daemon/base/clock.h"
#include "daemon/base/unix_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr std::size_t answer_bytes_max = 16U << 20U;

/// A connected socket with a time limit for everything that is done with it.
class Conversation {
 public:
  Conversation(int descriptor, std::string path, Duration patience)
      : descriptor_(descriptor), path_(std::move(path)), ends_at_(steady_now() + patience) {}
  ~Conversation() { close(descriptor_); }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// A daemon that closes before it has heard everything has answered already, for example that we may not
  /// ask.
  Status send_all(std::string_view text) {
    while (!text.empty()) {
      TRY_OK(wait_for(POLLOUT));
      const ssize_t sent = send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0 && errno == EPIPE) return {};
      if (sent < 0 && !is_passing(errno)) return failed("cannot ask");
    }
    return {};
  }

  Result<std::string> receive_line() {
    std::string line;
    std::array<char, 64 * 1024> piece{};
    while (line.size() <= answer_bytes_max) {
      TRY_OK(wait_for(POLLIN));
      const ssize_t count = recv(descriptor_, piece.data(), piece.size(), MSG_DONTWAIT);
      if (count < 0 && is_passing(errno)) continue;
      if (count < 0) return failed("cannot read the answer of");
      if (count == 0) return Error{ErrorCode::io, "the answer of the daemon at " + path_ + " breaks off"};
      line.append(piece.data(), static_cast<std::size_t>(count));
      if (const std::size_t end = line.find('\n', line.size() - static_cast<std::size_t>(count));
          end != std::string::npos) {
        line.resize(end);
        return line;
      }
    }
    return Error{ErrorCode::limit, "the answer of the daemon at " + path_ + " is longer than 16 MiB"};
  }

 private:
  static bool is_passing(int reason) { return reason == EAGAIN || reason == EINTR; }

  Error failed(const std::string& what) const {
    return {ErrorCode::io, what + " the daemon at " + path_ + ": " + std::strerror(errno)};
  }

  Status wait_for(short events) const {
    const Duration left = std::max(ends_at_ - steady_now(), Duration(0));
    pollfd waited{descriptor_, events, 0};
    const int ready =
        poll(&waited, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    if (ready > 0 || (ready < 0 && errno == EINTR)) return {};
    if (ready < 0) return failed("cannot wait for");
    return Error{ErrorCode::io, "the daemon at " + path_ + " does not answer"};
  }

  int descriptor_;
  std::string path_;
  Duration ends_at_;
};

}  // namespace

Result<std::string> ask_daemon(const std::string& path, const std::string& request, Duration patience) {
  TRY(const int descriptor, connect_to_unix_socket(path, patience));
  Conversation conversation(descriptor, path, patience);
  TRY_OK(conversation.send_all(request + "\n"));
  return conversation.receive_line();
}

}  // namespace alarum

#include "daemon/base/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr mode_t socket_mode = 0660;
constexpr int backlog = 16;

Error failed(const std::string& what, int reason) {
  return {ErrorCode::io, what + ": " + std::strerror(reason)};
}

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path))
    return Error{ErrorCode::invalid, "'" + path + "' is no path for a socket: it takes 1 to " +
                                         std::to_string(sizeof(address.sun_path) - 1) + " bytes"};
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// The system's interface takes every kind of address through this type.
const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

constexpr Duration stale_patience = std::chrono::seconds(5);

/// From here on `descriptor` waits no longer than that.
void limit_waiting(int descriptor, Duration patience) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
  const timeval limit{seconds.count(), (patience - seconds).count()};
  // What it is set before, it holds for: sending covers connecting (unix(7) waits there for a full backlog).
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/// A connected socket, or minus the system's error number.
int connect_or_error(const sockaddr_un& address, Duration patience) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  limit_waiting(descriptor, patience);
  if (connect(descriptor, generic(address), sizeof(address)) == 0) return descriptor;
  const int reason = errno;
  close(descriptor);
  return -reason;
}

/// Makes room at `path`, unless what stands there is not ours to remove.
Status remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0)
    return errno == ENOENT ? Status() : failed("cannot look at " + path, errno);
  if (!S_ISSOCK(found.st_mode))
    return Error{ErrorCode::invalid, path + " is there and is no socket; remove it or choose another path"};
  const int other = connect_or_error(address, stale_patience);
  if (other >= 0) {
    close(other);
    return Error{ErrorCode::io, path + " is in use: another process answers there"};
  }
  if (other != -ECONNREFUSED) return failed("cannot tell whether somebody answers at " + path, -other);
  if (unlink(path.c_str()) != 0)
    return failed("cannot remove " + path + ", which a dead process left", errno);
  return {};
}

/// The mode is set before anybody can connect, and without touching the umask, which is the whole process's.
Status bind_and_listen(int descriptor, const std::string& path, const sockaddr_un& address) {
  if (bind(descriptor, generic(address), sizeof(address)) != 0)
    return failed("cannot make the socket " + path, errno);
  if (chmod(path.c_str(), socket_mode) != 0) return failed("cannot set the mode of " + path, errno);
  if (listen(descriptor, backlog) != 0) return failed("cannot listen on " + path, errno);
  return {};
}

}  // namespace

Result<int> listen_on_unix_socket(const std::string& path) {
  TRY(const sockaddr_un address, address_of(path));
  TRY_OK(remove_stale(path, address));
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed("cannot make a socket", errno);
  if (Status bound = bind_and_listen(descriptor, path, address); !bound) {
    close(descriptor);
    return std::move(bound).error();
  }
  return descriptor;
}

Result<int> connect_to_unix_socket(const std::string& path, Duration patience) {
  TRY(const sockaddr_un address, address_of(path));
  const int descriptor = connect_or_error(address, patience);
  if (descriptor < 0) return failed("cannot connect to " + path, -descriptor);
  return descriptor;
}

}  // namespace alarum

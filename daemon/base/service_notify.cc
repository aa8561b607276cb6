#include "daemon/base/service_notify.h"

#include "daemon/base/clock.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace alarum {
namespace {

/// The whole number that a variable of the environment holds.
std::optional<std::int64_t> variable(const char* name) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

/// Whether what a variable says is meant for this process.
bool is_for_us(const char* name) {
  const auto process = variable(name);
  return !process || *process == getpid();
}

}  // namespace

void notify_service(const std::string& state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string_view name(path == nullptr ? "" : path);
  if (name.empty() || name.size() >= sizeof(address.sun_path)) return;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.front() == '@') address.sun_path[0] = '\0';  // an abstract socket
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // What cannot be told is no error: systemd finds out by its own time limits.
  static_cast<void>(sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                           reinterpret_cast<const sockaddr*>(&address), size));
  close(descriptor);
}

void notify_reload() {
  notify_service("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(steady_now().count()));
}

std::optional<Duration> watchdog_interval() {
  const auto microseconds = variable("WATCHDOG_USEC");
  if (!microseconds || *microseconds <= 0 || !is_for_us("WATCHDOG_PID")) return std::nullopt;
  return Duration(*microseconds);
}

std::optional<int> handed_over_socket() {
  constexpr int first = 3;  // SD_LISTEN_FDS_START
  if (variable("LISTEN_FDS") != 1 || !variable("LISTEN_PID") || !is_for_us("LISTEN_PID")) return std::nullopt;
  fcntl(first, F_SETFD, FD_CLOEXEC);
  return first;
}

}  // namespace alarum

#include "daemon/systemd_notify.h"

#include "daemon/base/clock.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace alarum {
namespace {

/// Listens as systemd would, on an abstract socket, for as long as it lives.
class Manager {
 public:
  Manager() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const std::string name = "alarum-test-" + std::to_string(getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Manager() {
    close(socket_);
    unsetenv("NOTIFY_SOCKET");
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// The next message; empty where there is none.
  std::string heard() {
    std::array<char, 512> text{};
    const ssize_t size = recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int socket_;
};

TEST_CASE("systemd hears what the service does") {
  Manager manager;

  systemd::ready();
  CHECK(manager.heard() == "READY=1");
  systemd::status("3 sources, lag 12");
  CHECK(manager.heard() == "STATUS=3 sources, lag 12");
  systemd::watchdog();
  CHECK(manager.heard() == "WATCHDOG=1");
  systemd::stopping();
  CHECK(manager.heard() == "STOPPING=1");
}

TEST_CASE("a reload says when it began, by the monotonic clock") {
  Manager manager;
  const Duration before = steady_now();
  systemd::reloading();
  const Duration after = steady_now();

  const std::string heard = manager.heard();
  const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(heard.starts_with(head));
  const Duration told(std::stoll(heard.substr(head.size())));
  CHECK(told >= before);
  CHECK(told <= after);
}

TEST_CASE("a status with line ends says nothing else to systemd") {
  Manager manager;
  systemd::status("fine\nMAINPID=1");
  CHECK(manager.heard() == "STATUS=fine\\u{000A}MAINPID=1");
}

TEST_CASE("without anybody who listens nothing happens") {
  unsetenv("NOTIFY_SOCKET");
  systemd::ready();
  Manager manager;
  CHECK(manager.heard().empty());
}

TEST_CASE("the watchdog's interval is what systemd asks for") {
  unsetenv("WATCHDOG_PID");
  unsetenv("WATCHDOG_USEC");
  CHECK_FALSE(systemd::watchdog_interval());

  setenv("WATCHDOG_USEC", "30000000", 1);
  CHECK(systemd::watchdog_interval() == Duration(30'000'000));
  unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace alarum

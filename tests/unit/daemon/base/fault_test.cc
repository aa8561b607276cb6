#include "daemon/base/fault.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace alarum {
namespace {

/// What passing `name` twice gives with these faults armed: `.` for success, `!` for an error.
std::string passes(std::string_view faults, std::string_view name) {
  const fault::Armed armed(*fault::parse(faults));
  std::string out;
  for (int i = 0; i < 2; ++i) out += fault::point(name) ? '.' : '!';
  return out;
}

/// The signal that ends a process which passes `after_batch` with these faults armed; 0 where none does.
int signal_of(std::string_view faults) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // Catch2 would report it as a failure of the parent's test
    const fault::Armed armed(*fault::parse(faults));
    _exit(fault::point("after_batch") ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("nothing happens at a fault point that nobody armed") { CHECK(fault::point("after_batch")); }

TEST_CASE("an armed fault point fails by its name, every time or once") {
  CHECK(passes("write=error", "write") == "!!");
  CHECK(passes("write=error", "read") == "..");
  CHECK(passes("write=error@2", "write") == ".!");
  CHECK(passes("read=delay,write=error@1", "write") == "!.");
  CHECK(fault::point("write"));
}

TEST_CASE("a fault can end the process, by itself or from outside") {
  CHECK(signal_of("after_batch=kill") == SIGKILL);
  CHECK(signal_of("after_batch=abort@1") == SIGABRT);
  CHECK(signal_of("after_batch=kill@2") == 0);
}

TEST_CASE("a fault that is not understood says so") {
  for (const std::string_view text : {"write", "=error", "write=explode", "write=error@0", "write=error@x"}) {
    const auto parsed = fault::parse(text);
    REQUIRE(!parsed);
    CHECK(parsed.error().message.find("fault '" + std::string(text) + "' is not understood") == 0);
  }
}

}  // namespace alarum

#include "daemon/demo/child_process.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <poll.h>

namespace alarum::demo {
namespace {

constexpr Duration patience = std::chrono::seconds(60);

Result<std::unique_ptr<ChildProcess>> shell(const std::string& script) {
  return ChildProcess::start({"/bin/sh", {"-c", script}, "/dev/null"});
}

/// The lines of a child until there is one, or it has closed its stdout.
std::vector<std::string> next_lines(ChildProcess& child) {
  std::vector<std::string> out = child.take_lines();
  while (out.empty() && child.output() >= 0) {
    pollfd watched{child.output(), POLLIN, 0};
    poll(&watched, 1, -1);
    out = child.take_lines();
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a child's whole lines are taken, those of its end too, and how it ended is known") {
  const auto child = *shell("trap 'echo last; exit 3' TERM; printf 'first\nrest'; read -r line");
  CHECK(next_lines(*child) == Lines{"first"});
  CHECK_FALSE(child->ended());

  CHECK_FALSE(child->end(patience));

  CHECK(child->ended() == "exit code 3");
  CHECK(child->take_lines() == Lines{"restlast"});
  CHECK(child->output() == -1);
}

TEST_CASE("a child that does not want to end is killed") {
  const auto child = *shell("trap '' TERM; echo ready; while :; do read -r line; done");
  CHECK(next_lines(*child) == Lines{"ready"});

  CHECK_FALSE(child->end(std::chrono::milliseconds(50)));

  CHECK(child->ended() == "signal 9");
}

TEST_CASE("a child that is asked to end and does so has ended well") {
  const auto child = *shell("trap 'exit 0' TERM; echo ready; read -r line");
  CHECK(next_lines(*child) == Lines{"ready"});

  CHECK(child->end(patience));
}

TEST_CASE("what would configure Alarum does not reach a child") {
  setenv("ALARUM_HTTP__LISTEN", "127.0.0.1:1", 1);
  const auto child = *shell("echo \"<$ALARUM_HTTP__LISTEN>\"");
  unsetenv("ALARUM_HTTP__LISTEN");

  CHECK(next_lines(*child) == Lines{"<>"});
}

TEST_CASE("a program that is not there is an error that names it") {
  const auto child = ChildProcess::start({"/no/such/program", {}, "/dev/null"});

  REQUIRE_FALSE(child);
  CHECK(child.error().message == "/no/such/program: cannot be run: No such file or directory");
}

}  // namespace alarum::demo

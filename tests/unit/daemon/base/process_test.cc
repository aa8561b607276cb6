#include "daemon/base/clock.h"
#include "daemon/base/ensure.h"
#include "daemon/base/log.h"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace alarum {
namespace {

/// What a child process wrote to stderr, and how it ended.
struct Ended {
  std::string said;
  int status = 0;
};

Ended in_child(const std::function<void()>& work) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);  // the test runner reports it otherwise
    work();
    _exit(0);
  }
  close(ends[1]);
  Ended out;
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = read(ends[0], piece.data(), piece.size())) > 0;) {
    out.said.append(piece.data(), static_cast<std::size_t>(count));
  }
  close(ends[0]);
  waitpid(child, &out.status, 0);
  return out;
}

TEST_CASE("a broken promise of ours stops the program and says where") {
  const Ended ended = in_child([] { ENSURE(1 + 1 == 3, "sums are right"); });

  CHECK(WIFSIGNALED(ended.status));
  CHECK(WTERMSIG(ended.status) == SIGABRT);
  CHECK(ended.said.find("process_test.cc:") != std::string::npos);
  CHECK(ended.said.find("internal error: expected that sums are right (1 + 1 == 3)") != std::string::npos);
}

TEST_CASE("a promise that holds costs nothing and says nothing") {
  const Ended ended = in_child([] { ENSURE(true, "truth"); });
  CHECK(ended.status == 0);
  CHECK(ended.said.empty());
}

TEST_CASE("messages below the level are not written") {
  const Ended ended = in_child([] {
    log::set_level(log::Level::warn);
    log::debug("a");
    log::info("b");
    log::warn("c");
    log::error("d");
    log::set_level(log::Level::off);
    log::error("e");
  });
  CHECK(ended.said.find(" warning c\n") != std::string::npos);
  CHECK(ended.said.find(" error d\n") != std::string::npos);
  CHECK(ended.said.find(" a\n") == std::string::npos);
  CHECK(ended.said.find(" b\n") == std::string::npos);
  CHECK(ended.said.find(" e\n") == std::string::npos);
}

TEST_CASE("facts stand behind the message, and no payload can forge a line") {
  const Ended ended = in_child([] {
    log::set_level(log::Level::debug);
    log::debug("rule loaded {}",
               {{"file", "a.yml"}, {"title", "two words"}, {"evil", "x\n2026 error y"}, {"none", ""}});
  });
  CHECK(ended.said.find(" debug rule loaded {} file=a.yml title=\"two words\"") != std::string::npos);
  CHECK(ended.said.find("evil=\"x\\u{000A}2026 error y\" none=\"\"\n") != std::string::npos);
}

TEST_CASE("the clock for durations never goes back") {
  Duration before = steady_now();
  for (int i = 0; i < 1000; ++i) {
    const Duration now = steady_now();
    REQUIRE(now >= before);
    before = now;
  }
}

}  // namespace
}  // namespace alarum

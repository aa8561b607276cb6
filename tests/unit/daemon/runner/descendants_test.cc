#include "daemon/runner/descendants.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sys/wait.h>
#include <unistd.h>

namespace alarum::runner {
namespace {

TEST_CASE("a process's parent is found whatever the process calls itself") {
  CHECK(parent_in("42 (sh) S 7 42 42 0 -1") == 7);
  CHECK(parent_in("42 (a) S 1 (b) R 9 42 42 0") == 9);
  CHECK(parent_in("42 () Z 0 0") == 0);
  for (const char* text : {"", "42 (sh", "42 (sh)", "42 (sh) S", "42 (sh) S ", "42 (sh) S x 1",
                           "42 (sh) S -1 1", "42 (sh) S 99999999999 1"}) {
    INFO(text);
    CHECK_FALSE(parent_in(text));
  }
}

TEST_CASE("children are found, those that ended among them") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(0);
  siginfo_t ended{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);

  const auto found = children_of(getpid());
  CHECK(std::find(found.begin(), found.end(), child) != found.end());

  waitpid(child, nullptr, 0);
  const auto later = children_of(getpid());
  CHECK(std::find(later.begin(), later.end(), child) == later.end());
}

}  // namespace
}  // namespace alarum::runner

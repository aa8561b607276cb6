#include "daemon/crash_record.h"

#include "daemon/base/signal_stack.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <csignal>
#include <functional>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace alarum {
namespace {

using test::TemporaryFolder;

/// A process that has record `offset` in hand and then does `end`. Returns the signal it died of, 0 if none.
int process(const TemporaryFolder& folder, std::int64_t offset, const std::function<void()>& end) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGTERM, SIG_DFL);  // Catch2 would report it as a failure of the parent's test
    auto opened = CrashRecord::open(folder.path().string());
    if (!opened) _exit(1);
    CrashRecord crash_record = *std::move(opened);
    std::deque<InHand> slots(2);
    const std::string topic = "events";
    const Record record{{"windows", topic, 3, offset, std::nullopt}, "{}", false, std::nullopt};
    slots[1].thread = static_cast<int>(syscall(SYS_gettid));
    slots[1].record = &record;
    crash_record.arm(slots);
    end();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/// The offsets that a process which begins now will not evaluate.
std::vector<std::int64_t> poison(const TemporaryFolder& folder) {
  const auto opened = CrashRecord::open(folder.path().string());
  REQUIRE(opened);
  std::vector<std::int64_t> out;
  for (const PoisonRecord& record : opened->poison()) {
    CHECK(record.partition == PartitionId{"windows", "events", 3});
    out.push_back(record.offset);
  }
  return out;
}

const auto abort_itself = [] { std::abort(); };
const auto killed = [] { std::raise(SIGKILL); };
const auto ends = [] {};

}  // namespace

TEST_CASE("a record that two processes in a row died on is poison") {
  const TemporaryFolder folder;
  CHECK(process(folder, 7, abort_itself) == SIGABRT);
  CHECK(process(folder, 7, abort_itself) == SIGABRT);
  CHECK(poison(folder) == std::vector<std::int64_t>{7});
}

TEST_CASE("a record that one process died on is tried again") {
  const TemporaryFolder folder;
  CHECK(process(folder, 7, abort_itself) == SIGABRT);
  CHECK(poison(folder).empty());
}

TEST_CASE("two processes that died on different records say nothing of either") {
  const TemporaryFolder folder;
  process(folder, 7, abort_itself);
  process(folder, 8, abort_itself);
  CHECK(poison(folder).empty());
}

TEST_CASE("each way in which a process ends itself counts") {
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) {
    const TemporaryFolder folder;
    for (int i = 0; i < 2; ++i) CHECK(process(folder, 7, [&] { std::raise(number); }) == number);
    CHECK(poison(folder).size() == 1);
  }
}

TEST_CASE("an overflow of the stack is noticed too") {
  const TemporaryFolder folder;
  const auto overflow = [] {
    const SignalStack stack;
    // Not a recursion that a compiler could turn into a loop, or refuse.
    volatile std::size_t depth = 0;
    std::function<std::size_t()> deeper = [&]() -> std::size_t {
      depth = depth + 1;
      return deeper() + depth;
    };
    deeper();
  };
  for (int i = 0; i < 2; ++i) CHECK(process(folder, 7, overflow) == SIGSEGV);
  CHECK(poison(folder).size() == 1);
}

TEST_CASE("an end from outside never counts, whatever the signal") {
  const TemporaryFolder folder;
  const auto from_outside = [](int number) {
    return [number] {
      if (fork() == 0) {
        kill(getppid(), number);
        _exit(0);
      }
      for (;;) pause();
    };
  };
  for (const int number : {SIGKILL, SIGSEGV, SIGABRT, SIGTERM}) {
    for (int i = 0; i < 2; ++i) CHECK(process(folder, 7, from_outside(number)) == number);
    CHECK(poison(folder).empty());
  }
}

TEST_CASE("a process between two crashes that ended otherwise breaks the row") {
  for (const std::function<void()>& between : {std::function<void()>(killed), std::function<void()>(ends)}) {
    const TemporaryFolder folder;
    process(folder, 7, abort_itself);
    process(folder, 7, between);
    process(folder, 7, abort_itself);
    CHECK(poison(folder).empty());
  }
}

TEST_CASE("poison stays until it is committed as a dead letter") {
  const TemporaryFolder folder;
  for (int i = 0; i < 2; ++i) process(folder, 7, abort_itself);
  process(folder, 9, killed);
  CHECK(poison(folder).size() == 1);

  auto opened = CrashRecord::open(folder.path().string());
  REQUIRE(opened);
  REQUIRE(opened->settle({{{"windows", "events", 3}, {7, 6, std::nullopt, std::nullopt}}}));
  CHECK(opened->poison().size() == 1);
  REQUIRE(opened->settle({{{"windows", "events", 3}, {8, 7, std::nullopt, std::nullopt}}}));
  CHECK(opened->poison().empty());
  CHECK(poison(folder).empty());
}

}  // namespace alarum

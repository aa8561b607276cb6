#include "daemon/runner/runner.h"

#include "daemon/base/frame.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace alarum::runner {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class SetClock final : public Clock {
 public:
  Timestamp wall() override { return now; }
  Duration steady() override { return Duration(now.microseconds); }

  Timestamp now = {hours(500'000) / Duration(1)};
};

/// Starts nothing, and reports what it is told.
class FakeLauncher final : public Launcher {
 public:
  Result<Launched> launch(const Launch& launch) override {
    if (fails) return Error{ErrorCode::io, "no more processes"};
    launches.push_back(launch);
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return Error{ErrorCode::io, "no pipe"};
    supervisors.emplace_back(ends[1]);
    return Launched{.supervisor = static_cast<pid_t>(supervisors.size()), .report = Descriptor(ends[0])};
  }
  void stop(pid_t supervisor) override { stopped.push_back(supervisor); }
  void abandon(pid_t supervisor) override { abandoned.push_back(supervisor); }
  void tend() override {}

  /// The supervisor of the nth launch writes this and ends.
  void end(std::size_t number, const std::string& bytes) {
    REQUIRE(write(supervisors[number].number(), bytes.data(), bytes.size()) ==
            static_cast<ssize_t>(bytes.size()));
    supervisors[number].reset();
  }

  std::vector<Launch> launches;
  std::vector<Descriptor> supervisors;
  std::vector<pid_t> stopped;
  std::vector<pid_t> abandoned;
  bool fails = false;
};

Policy some_policy() {
  Policy out;
  out.command = {"/bin/sh", "-e"};
  out.environment = {"A=b"};
  out.folder = "/";
  out.timeout = seconds(60);
  out.grace = seconds(5);
  out.remember = hours(24);
  out.limits = {.running_max = 2,
                .runs_per_hour_max = 4,
                .event_size_max = 100,
                .output_size_max = 10,
                .remembered_max = 100};
  return out;
}

class World {
 public:
  explicit World(const Policy& policy = some_policy()) : policy_(policy) { start(); }

  /// As after a crash: what is not in the book is gone.
  void start() {
    runner.reset();
    auto book = RunBook::open(folder_ / "book");
    if (!book) FAIL(book.error().message);
    runner.emplace(policy_, *std::move(book), launcher, clock);
  }

  Reply run(const std::string& action_id, const std::string& event = "{}") {
    const Timestamp until = {clock.now.microseconds + Duration(seconds(60)).count()};
    return runner->answer({.verb = Verb::run, .action_id = action_id, .until = until, .event = event}, 1);
  }
  std::string ask(Verb verb, const std::string& action_id, uid_t user = 1) {
    return runner->answer({.verb = verb, .action_id = action_id, .until = {}, .event = {}}, user).text;
  }
  /// Runs an action to its end.
  std::string finish(const std::string& action_id, const RunReport& report = {}) {
    const std::size_t number = launcher.launches.size();
    if (const Reply reply = run(action_id); !reply.is_pending) return reply.text;
    launcher.end(number, frame(report_text(report)));
    const auto finished = runner->collect();
    REQUIRE(finished.size() == 1);
    return finished.front().answer(false);
  }

  SetClock clock;
  FakeLauncher launcher;
  std::optional<Runner> runner;

 private:
  test::TemporaryFolder folder_;
  Policy policy_;
};

/// `refused guard=… entry=…` of an answer.
std::string guard(const Reply& reply) { return reply.text.substr(0, reply.text.find(" why=")); }

TEST_CASE("a script gets what the policy says, the event, and the id of the action") {
  World world;
  CHECK(world.run("a-1", "{\"x\":1}").is_pending);

  REQUIRE(world.launcher.launches.size() == 1);
  const Launch& launch = world.launcher.launches.front();
  CHECK(launch.command == std::vector<std::string>{"/bin/sh", "-e"});
  CHECK(launch.environment == std::vector<std::string>{"A=b", "ALARUM_ACTION_ID=a-1"});
  CHECK(launch.event == "{\"x\":1}");
  CHECK(launch.timeout == seconds(60));
  CHECK(world.ask(Verb::result, "a-1").starts_with("running action=a-1 started="));
}

TEST_CASE("the end of a run is told with its output, and again without") {
  World world;
  RunReport report;
  report.code = 3;
  report.output = "out";
  report.error = "error";

  CHECK(world.finish("a", report) ==
        "ended action=a repeated=no outcome=exited code=3 signal=0 milliseconds=0 killed=0 stdout=3 "
        "stdout_lost=0 stderr=5 stderr_lost=0\nouterror");
  const std::string again =
      "ended action=a repeated=yes outcome=exited code=3 signal=0 milliseconds=0 killed=0 stdout=0 "
      "stdout_lost=3 stderr=0 stderr_lost=5\n";
  CHECK(world.run("a").text == again);
  world.start();
  CHECK(world.run("a").text == again);
  CHECK(world.ask(Verb::result, "a") == again);
  CHECK(world.launcher.launches.size() == 1);
}

TEST_CASE("who asks for what runs already waits with the others") {
  World world;
  CHECK_FALSE(world.run("a").is_repeated);
  const Reply second = world.run("a");
  CHECK(second.is_pending);
  CHECK(second.is_repeated);
  CHECK(world.launcher.launches.size() == 1);
}

TEST_CASE("a run without an end is in doubt after a restart, until root has it forgotten") {
  World world;
  CHECK(world.run("a").is_pending);
  world.start();

  CHECK(world.run("a").text.starts_with("in_doubt action=a repeated=yes started="));
  CHECK(guard({.text = world.ask(Verb::forget, "a", 1)}) == "refused guard=asker entry=1");
  CHECK(world.ask(Verb::forget, "a", 0) == "done action=a");
  CHECK(world.ask(Verb::result, "a") == "unknown action=a");
  CHECK(world.run("a").is_pending);
}

TEST_CASE("a report that is cut off or no report is a doubt, not an end") {
  for (const std::string& bytes : {std::string(), frame(report_text({})).substr(0, 20), frame("nonsense")}) {
    World world;
    CHECK(world.run("a").is_pending);
    world.launcher.end(0, bytes);
    const auto finished = world.runner->collect();
    REQUIRE(finished.size() == 1);
    CHECK(finished.front().answer(false).starts_with("in_doubt action=a repeated=no started="));
    CHECK(world.run("a").text.starts_with("in_doubt action=a repeated=yes"));
  }
}

TEST_CASE("what a script may do again is run again, and in doubt too") {
  Policy policy = some_policy();
  policy.is_once = false;
  World world(policy);
  CHECK(world.finish("a").starts_with("ended action=a repeated=no"));
  CHECK(world.run("a").is_pending);
  world.start();
  CHECK(world.ask(Verb::result, "a").starts_with("in_doubt action=a"));
  CHECK(world.run("a").is_pending);
}

TEST_CASE("a program that was not started may be asked for again") {
  World world;
  RunReport report;
  report.outcome = Outcome::not_started;
  report.code = 2;
  CHECK(world.finish("a", report).starts_with("ended action=a repeated=no outcome=not_started code=2"));
  CHECK(world.run("a").is_pending);
}

TEST_CASE("a run that could not be begun is unknown") {
  World world;
  world.launcher.fails = true;
  CHECK(guard(world.run("a")) == "refused guard=system entry=-");
  CHECK(world.ask(Verb::result, "a") == "unknown action=a");
  world.start();
  CHECK(world.ask(Verb::result, "a") == "unknown action=a");
}

TEST_CASE("each guard of the runner names itself and what decided") {
  World world;
  const Timestamp now = world.clock.now;
  const auto until = [&](Timestamp time) {
    return guard(world.runner->answer({.verb = Verb::run, .action_id = "x", .until = time, .event = {}}, 1));
  };
  CHECK(until(now) == "refused guard=expired entry=" + format_time(now));
  CHECK(until({now.microseconds + Duration(hours(25)).count()}).starts_with("refused guard=until entry="));
  CHECK(guard(world.run("x", std::string(101, 'x'))) == "refused guard=request entry=event_size_max:100");
  CHECK(world.run("a").is_pending);
  CHECK(world.run("b").is_pending);
  CHECK(guard(world.run("x")) == "refused guard=busy entry=running_max:2");
  world.start();
  CHECK(world.run("c").is_pending);
  CHECK(world.run("d").is_pending);
  world.start();
  CHECK(guard(world.run("x")) == "refused guard=cap entry=runs_per_hour_max:4");
  CHECK(world.launcher.launches.size() == 4);
  world.runner->stop();
  CHECK(guard(world.run("x")) == "refused guard=stopping entry=-");
}

TEST_CASE("the cap of an hour lets go after an hour, and old actions are forgotten") {
  World world;
  for (const char* action : {"a", "b", "c", "d"}) CHECK(world.finish(action).starts_with("ended"));
  CHECK(guard(world.run("e")) == "refused guard=cap entry=runs_per_hour_max:4");
  world.clock.now.microseconds += Duration(hours(1)).count() + 1;
  CHECK(world.finish("e").starts_with("ended"));
  world.runner->tend();
  CHECK(world.ask(Verb::result, "a").starts_with("ended"));
  world.clock.now.microseconds += Duration(hours(24)).count();
  world.runner->tend();
  CHECK(world.ask(Verb::result, "a") == "unknown action=a");
}

TEST_CASE("so many actions are remembered, and no more are begun") {
  Policy policy = some_policy();
  policy.limits.remembered_max = 2;
  World world(policy);
  CHECK(world.finish("a").starts_with("ended"));
  CHECK(world.finish("b").starts_with("ended"));
  CHECK(guard(world.run("c")) == "refused guard=cap entry=remembered_max:2");
  CHECK(world.run("a").text.starts_with("ended action=a repeated=yes"));
}

TEST_CASE("a stop asks every script that runs to end") {
  World world;
  CHECK(world.run("a").is_pending);
  CHECK(world.run("b").is_pending);
  world.runner->stop();
  CHECK(world.launcher.stopped == std::vector<pid_t>{1, 2});
}

TEST_CASE("a supervisor that does not report in time is given up") {
  World world;
  CHECK(world.run("a").is_pending);
  world.clock.now.microseconds += Duration(seconds(60 + 5 + 30)).count();
  world.runner->tend();
  CHECK(world.launcher.abandoned.empty());
  world.clock.now.microseconds += 1;
  world.runner->tend();
  CHECK(world.launcher.abandoned == std::vector<pid_t>{1});
}

TEST_CASE("the runner says how it is") {
  World world;
  CHECK(world.finish("a").starts_with("ended"));
  CHECK(world.run("b").is_pending);
  CHECK(world.ask(Verb::status, "") ==
        "done running=1 runs=2 refused=0 in_doubt=0 remembered=2 class=once policy=current");
  world.start();
  CHECK(world.ask(Verb::status, "") ==
        "done running=0 runs=0 refused=0 in_doubt=1 remembered=2 class=once policy=current");
}

}  // namespace
}  // namespace alarum::runner

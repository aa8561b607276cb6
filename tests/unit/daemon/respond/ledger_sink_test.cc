#include "daemon/respond/ledger_sink.h"

#include "daemon/base/fault.h"
#include "tests/unit/support/ledger_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::LedgerWorld;
using test::outbox_entry;

/// A sink on the ledger of a world.
struct SinkWorld : LedgerWorld {
  SinkWorld() { open(); }

  void open() {
    sink.reset();
    auto opened = LedgerSink::open({path(), grouping}, outbox,
                                   {figures, actions, damage, clock, [] {},
                                    [this](Duration time) {
                                      clock.steady_time += time;
                                      meanwhile(time);
                                    }});
    REQUIRE(opened.has_value());
    sink = *std::move(opened);
  }
  /// A step behind every wait that there is.
  std::vector<SinkResult> step() {
    clock.steady_time += std::chrono::seconds(3);
    return step_now();
  }
  std::vector<SinkResult> step_now(Duration wait = Duration(0)) {
    std::vector<SinkResult> out;
    sink->step(wait, out);
    return out;
  }

  std::function<void(Duration)> meanwhile = [](Duration) {};  ///< what others do while the sink waits
  LedgerSink::OutboxPosition outbox;
  Published<IncidentFigures> figures;
  Published<ActionFigures> actions;
  std::unique_ptr<LedgerSink> sink;
};

/// Every commit of a ledger fails with "no space".
Status full_disk(std::string_view name) {
  return name == "ledger_commit" ? Status(Error{ErrorCode::io, "no space"}) : Status();
}

}  // namespace

TEST_CASE("what the ledger was offered has arrived when it is committed, all in one transaction") {
  SinkWorld world;
  int commits = 0;
  const fault::Armed armed([&](std::string_view name) {
    commits += name == "ledger_commit";
    return Status();
  });
  for (std::uint64_t i = 1; i <= 50; ++i)
    REQUIRE(world.sink->offer(outbox_entry(i, {.name = "a" + std::to_string(i)})));
  CHECK(world.number("SELECT count(*) FROM alerts") == 0);

  const auto results = world.step();
  REQUIRE(results.size() == 50);
  CHECK(results.front().sequence == 1);
  CHECK(results.back().sequence == 50);
  CHECK(results.back().delivered);
  CHECK(commits == 1);
  CHECK(world.number("SELECT count(*) FROM alerts") == 50);
  CHECK(world.step().empty());
}

TEST_CASE("a full disk is trouble: nothing is lost, and it goes on when there is room") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  {
    const fault::Armed armed(full_disk);
    CHECK(world.step().empty());
    CHECK(world.sink->trouble() == "no space");
    REQUIRE(world.sink->offer(outbox_entry(2, {.name = "b"})));
    CHECK(world.step().empty());
  }
  CHECK(world.step().size() == 2);
  CHECK(world.sink->trouble().empty());
  CHECK(world.number("SELECT count(*) FROM alerts") == 2);
}

TEST_CASE("while it cannot write the ledger takes so much and no more") {
  SinkWorld world;
  const fault::Armed armed(full_disk);
  std::uint64_t taken = 0;
  while (taken < 5000 && world.sink->offer(outbox_entry(taken + 1, {.name = "a" + std::to_string(taken)})))
    ++taken;
  CHECK(taken == 2000);
  CHECK(world.step().empty());
}

TEST_CASE("an entry that is no alert is refused with the reason, and its neighbours arrive") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  REQUIRE(world.sink->offer({2, OutboxKind::alert, "k", "{\"schema\":\"other\"}"}));
  REQUIRE(world.sink->offer(outbox_entry(3, {.name = "b"})));

  const auto results = world.step();
  REQUIRE(results.size() == 3);
  CHECK(results[0].delivered);
  CHECK(results[1].sequence == 2);
  CHECK_FALSE(results[1].delivered);
  CHECK(results[1].reason == "the alert is not of schema alarum.alert/1");
  CHECK(world.number("SELECT count(*) FROM alerts") == 2);
}

TEST_CASE("an alert whose times nobody can read is in an incident all the same") {
  SinkWorld world;
  for (const char* const time : {"10000-01-01T00:59:59.000000Z", "-001-12-31T23:00:00.000000Z"}) {
    OutboxEntry entry = outbox_entry(world.outbox.last += 1, {.name = time});
    const std::string known = "2026-01-02T03:04:05.000000Z";
    for (std::size_t at = 0; (at = entry.payload.find(known)) != std::string::npos;)
      entry.payload.replace(at, known.size(), time);
    REQUIRE(world.sink->offer(entry));
  }

  const auto results = world.step();
  REQUIRE(results.size() == 2);
  CHECK(results[0].delivered);
  CHECK(results[1].delivered);
  CHECK(world.number("SELECT alerts FROM incidents") == 2);
}

TEST_CASE("in trouble the ledger is asked less and less often, and never for longer than it may wait") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  int tries = 0;
  const fault::Armed armed([&](std::string_view name) {
    tries += name == "ledger_commit";
    return full_disk(name);
  });
  const Duration began = world.clock.steady();
  int steps = 0;
  for (; world.clock.steady() < began + std::chrono::seconds(20); ++steps)
    CHECK(world.step_now(std::chrono::milliseconds(20)).empty());

  CHECK(tries > 10);
  CHECK(tries < 20);
  CHECK(steps >= 1000);
}

TEST_CASE("who has the ledger for a moment is no trouble, who has it for longer is") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  const auto other = LedgerDatabase::open(world.path(), LedgerDatabase::Access::write, Duration(0));
  REQUIRE(other.has_value());
  {
    auto held = LedgerTransaction::begin(**other);
    REQUIRE(held.has_value());
    CHECK(world.step().empty());
    CHECK(world.sink->trouble().empty());
    world.step();
    world.step();
    CHECK(world.sink->trouble().ends_with("it is busy, try again"));
  }
  CHECK(world.step().size() == 1);
  CHECK(world.sink->trouble().empty());
}

TEST_CASE("between two transactions of a storm others have a turn") {
  SinkWorld world;
  for (std::uint64_t i = 1; i <= 20; ++i)
    REQUIRE(world.sink->offer(outbox_entry(i, {.name = "a" + std::to_string(i)})));
  std::vector<Duration> pauses;
  world.meanwhile = [&](Duration time) {
    pauses.push_back(time);
    CHECK(LedgerTransaction::begin(world.database()).has_value());
  };
  world.clock.steady_per_reading = std::chrono::milliseconds(30);  // a slow disk

  const auto results = world.step_now(std::chrono::seconds(1));
  CHECK_FALSE(results.empty());
  CHECK(results.size() < 20);
  CHECK(pauses == std::vector<Duration>{std::chrono::milliseconds(15)});
}

TEST_CASE("a damaged ledger is trouble, and is not written any more") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_commit" ? Status(Error{ErrorCode::unsupported, "malformed"}) : Status();
    });
    CHECK(world.step().empty());
  }
  CHECK(world.sink->trouble() == "malformed: the file is damaged; restore it, or move it away, and restart");
  CHECK(world.damage.is_found());
  CHECK(world.step().empty());
  CHECK(world.number("SELECT count(*) FROM alerts") == 0);
}

TEST_CASE("a ledger that somebody else found damaged is not written either") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  world.damage.note({ErrorCode::unsupported, "malformed"});

  CHECK(world.step().empty());
  CHECK(world.sink->trouble() == "the file is damaged; restore it, or move it away, and restart");
  CHECK(world.number("SELECT count(*) FROM alerts") == 0);
}

TEST_CASE("a disk that is full does not keep the figures from what others do") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  REQUIRE(world.step().size() == 1);
  const fault::Armed armed(full_disk);
  REQUIRE(world.sink->offer(outbox_entry(2, {.name = "b"})));
  REQUIRE(world.database().run("UPDATE incidents SET state = 'acknowledged'"));
  CHECK(world.step().empty());

  CHECK(world.sink->trouble() == "no space");
  CHECK(world.figures.get()->open.contains(OpenKey{level_rank("high"), IncidentState::acknowledged}));
}

TEST_CASE("an alert that breaks a rule of the ledger is given up alone") {
  SinkWorld world;
  REQUIRE(world.database().run("CREATE TRIGGER no_b BEFORE INSERT ON alerts WHEN NEW.alert_id = '" +
                               test::alert_id("b") + "' BEGIN SELECT RAISE (ABORT, 'no b'); END"));
  for (std::uint64_t i = 0; i < 3; ++i)
    REQUIRE(world.sink->offer(outbox_entry(i + 1, {.name = std::string(1, static_cast<char>('a' + i))})));
  std::vector<SinkResult> results;
  for (int i = 0; i < 10; ++i) {
    for (SinkResult& result : world.step()) results.push_back(std::move(result));
  }

  REQUIRE(results.size() == 3);
  CHECK(results[0].delivered);
  CHECK_FALSE(results[1].delivered);
  CHECK(results[1].reason.ends_with("no b"));
  CHECK(results[2].delivered);
  CHECK(world.number("SELECT count(*) FROM alerts") == 2);
  CHECK(world.sink->trouble().empty());
}

TEST_CASE("a ledger that refuses one alert after the other is in trouble, and loses no more than ten") {
  SinkWorld world;
  REQUIRE(
      world.database().run("CREATE TRIGGER nobody BEFORE INSERT ON alerts"
                           " BEGIN SELECT RAISE (ABORT, 'nobody'); END"));
  for (std::uint64_t i = 1; i <= 30; ++i)
    REQUIRE(world.sink->offer(outbox_entry(i, {.name = "a" + std::to_string(i)})));
  for (int i = 0; i < 40; ++i) CHECK(world.step().empty());
  CHECK(world.sink->trouble().ends_with("nobody"));
  REQUIRE(world.database().run("DROP TRIGGER nobody"));
  std::size_t delivered = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 10; ++i) {
    for (const SinkResult& result : world.step()) ++(result.delivered ? delivered : refused);
  }

  CHECK(delivered == 20);
  CHECK(refused == 10);
  CHECK(world.number("SELECT count(*) FROM alerts") == 20);
  CHECK(world.sink->trouble().empty());
}

TEST_CASE("entries of other kinds are passed, and written down as that now and then") {
  SinkWorld world;
  REQUIRE(world.step_now().empty());
  REQUIRE(world.sink->offer({7, OutboxKind::dead_letter, "k", "{}"}));
  CHECK(world.step_now().empty());

  const auto results = world.step();
  REQUIRE(results.size() == 1);
  CHECK(results[0].sequence == 7);
  CHECK_FALSE(results[0].is_own);
  CHECK(*world.intake().position() == 7);
}

TEST_CASE("a storm of dead letters passes as fast as it is offered") {
  SinkWorld world;
  constexpr std::uint64_t letters = 10'000;
  std::uint64_t offered = 0;
  std::uint64_t passed = 0;
  for (int round = 0; round < 5; ++round) {
    while (offered < letters && world.sink->offer({offered + 1, OutboxKind::dead_letter, "k", "{}"}))
      ++offered;
    passed += world.step_now().size();
  }

  CHECK(passed == letters);
  CHECK(*world.intake().position() == letters);
  CHECK(world.clock.steady() == Duration(0));
}

TEST_CASE("a ledger that lacks what was delivered is complained of, and one that lacks nothing is not") {
  SinkWorld world;
  const auto warning = [&] {
    world.open();
    return world.figures.get()->warning;
  };
  world.outbox = {std::nullopt, 5};  // the first start beside a state that is there
  CHECK(warning().empty());
  world.outbox = {5, 5};
  CHECK(warning().empty());
  REQUIRE(world.sink->offer(outbox_entry(6, {.name = "a"})));
  REQUIRE(world.step().size() == 1);
  world.outbox = {6, 8};
  CHECK(warning().empty());
  world.outbox = {9, 9};
  const std::string said =
      "the ledger has nothing of the outbox behind entry 6, though entries up to 9 were delivered to it: is "
      "it a copy of before, or made anew?";
  CHECK(warning() == said);
  CHECK(warning() == said);  // whoever was killed at once may not have heard it
  REQUIRE(world.sink->offer(outbox_entry(10, {.name = "b"})));
  REQUIRE(world.step().size() == 1);
  world.outbox = {10, 10};
  CHECK(warning().empty());
}

TEST_CASE("a ledger beside a new state goes on with that, whatever it had of the one before") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(500, {.name = "a"})));
  REQUIRE(world.step().size() == 1);
  world.open();
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "b"})));
  REQUIRE(world.step().size() == 1);

  CHECK(*world.intake().position() == 1);
}

TEST_CASE("one alarumd at a time has a ledger") {
  SinkWorld world;
  const auto second = LedgerSink::open({world.path(), world.grouping}, {},
                                       {world.figures, world.actions, world.damage, world.clock, {}, {}});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message == "another alarumd has the ledger " + world.path());
}

TEST_CASE("a commit that was done and not heard of is not done twice") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a"})));
  {
    const fault::Armed armed([](std::string_view name) {
      return name == "ledger_committed" ? Status(Error{ErrorCode::io, "killed"}) : Status();
    });
    CHECK(world.step().empty());
  }
  CHECK(world.number("SELECT alerts FROM incidents") == 1);
  CHECK(world.step().size() == 1);
  CHECK(world.number("SELECT alerts FROM incidents") == 1);
  CHECK(world.number("SELECT count(*) FROM journal") == 1);
}

TEST_CASE("the figures are those of the journal, and the same after a restart") {
  SinkWorld world;
  REQUIRE(world.sink->offer(outbox_entry(1, {.name = "a", .detected = test::after(4)})));
  REQUIRE(world.sink->offer(outbox_entry(2, {.name = "b", .entities = {{"host.name", "other"}}})));
  world.step();
  world.open();

  const auto figures = world.figures.get();
  REQUIRE(figures);
  CHECK(figures->at(level_rank("high"), IncidentPhase::detect).sum() == 64);
  CHECK(figures->detected_by_rule.at("rule-1").count == 2);
  CHECK(figures->detected_by_rule.at("rule-1").microseconds == 64'000'000);
  const OpenIncidents open = figures->open.at({level_rank("high"), IncidentState::fresh});
  CHECK(open.count == 2);
  CHECK(open.oldest == test::after(4));
  CHECK(figures->ledger_bytes > 4096);
}

TEST_CASE("a block that is over is a block less, though nobody writes") {
  SinkWorld world;
  REQUIRE(world.database().run(
      "INSERT INTO actions (action_id, rule_id, source, playbook, step_id, responder, nature, target_type,"
      " target, target_key, repeat, due_us, expires_us, needs, state, next_us, intended_us, until_us)"
      " VALUES ('a', 'r', 's', 'p', 's', 'firewall', 'blocking', 'source.ip', '192.0.2.1', '192.0.2.1', 0, 0,"
      " 0, '', 'done', 0, 0, " +
      std::to_string(test::after(10).microseconds) + ")"));
  world.step();
  CHECK(world.actions.get()->blocks_active.at("firewall") == 1);

  world.clock.time = test::after(11);
  world.step();
  CHECK(world.actions.get()->blocks_active.empty());
}

}  // namespace alarum

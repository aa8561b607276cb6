#include "daemon/service_status.h"

#include "tests/unit/support/status_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using test::status_time;
using test::StatusWorld;
using Sentences = std::vector<std::string>;

TEST_CASE("a service that does its work is ready without a word") {
  const Readiness found = readiness(StatusWorld().status());

  CHECK(found.is_ready());
  CHECK(found.reasons == Sentences{});
}

TEST_CASE("before the line begins and before the first commit the service is not ready") {
  StatusWorld world;
  ServiceStatus status = world.status();
  status.line = nullptr;
  CHECK(readiness(status).reasons == Sentences{"the line has not begun"});

  world.line.commits = 0;
  CHECK(readiness(world.status()).reasons == Sentences{"nothing has been committed yet"});
}

TEST_CASE("a state that cannot be written is the reason, with what the disk said") {
  StatusWorld world;
  world.line.store_trouble = "No space left on device";
  world.line.commits = 0;

  CHECK(readiness(world.status()).reasons ==
        Sentences{"state cannot be written, nothing is told meanwhile: No space left on device"});
}

TEST_CASE("a full outbox is the reason, with how much is in it") {
  StatusWorld world;
  world.line.outbox_full = true;
  world.line.outbox_pending = 100'000;

  CHECK(readiness(world.status()).reasons ==
        Sentences{"the outbox is full, intake waits: 100000 entries are not delivered"});
}

TEST_CASE("a source that hangs is a reason, a delivery that hangs a warning, each with its last word") {
  StatusWorld world;
  const Timestamp earlier{status_time.microseconds - 11'000'000};
  world.health.as_of = earlier;
  world.delivery = {{}, earlier};

  const Readiness found = readiness(world.status());
  CHECK(found.reasons ==
        Sentences{"source 'windows' hangs: nothing heard of it since 2026-01-02T03:03:54.000000Z"});
  CHECK(found.warnings ==
        Sentences{"delivery to the sinks hangs: nothing heard of it since 2026-01-02T03:03:54.000000Z"});
}

TEST_CASE("a source without connection, in trouble or silent is a reason, by its name") {
  StatusWorld world;
  world.health = {false, "", {}, status_time};
  CHECK(readiness(world.status()).reasons == Sentences{"source 'windows' has no connection"});

  world.health = {false, "kafka-1:9092: Connection refused", {}, status_time};
  CHECK(readiness(world.status()).reasons ==
        Sentences{"source 'windows' has no connection: kafka-1:9092: Connection refused"});

  world.health = {true, "topic 'a' does not exist", {}, status_time};
  CHECK(readiness(world.status()).reasons ==
        Sentences{"source 'windows' is in trouble: topic 'a' does not exist"});

  ServiceStatus status = world.status();
  status.sources["windows"] = nullptr;
  CHECK(readiness(status).reasons == Sentences{"source 'windows' has not said anything yet"});
}

TEST_CASE("a line that says nothing for ten seconds hangs") {
  StatusWorld world;
  world.line.as_of.microseconds -= 10'000'000;
  CHECK(readiness(world.status()).is_ready());

  world.line.as_of.microseconds -= 1;
  CHECK(readiness(world.status()).reasons ==
        Sentences{"the line hangs: nothing heard of it since 2026-01-02T03:03:54.999999Z"});
}

TEST_CASE("gaps are warnings with their offsets") {
  StatusWorld world;
  world.line.gaps = {{StatusWorld::partition(3), {Gap::Reason::retention, 100, 150}, test::status_time},
                     {StatusWorld::partition(4), {Gap::Reason::recreated, 20, 20}, test::status_time}};
  world.line.gaps_found = 5;
  const Readiness found = readiness(world.status());

  CHECK(found.is_ready());
  REQUIRE(found.warnings.size() == 4);  // and one sink has refused something
  CHECK(found.warnings[0] ==
        "source 'windows' lost records of win-events/3 (retention, offsets 100 to 149), found at "
        "2026-01-02T03:04:05.000000Z");
  CHECK(found.warnings[1] ==
        "source 'windows' lost records of win-events/4 (recreated, from offset 20), found at "
        "2026-01-02T03:04:05.000000Z");
  CHECK(found.warnings[2] == "and 3 earlier gaps");
}

TEST_CASE("sinks in trouble and a failed reload are warnings: the work goes on") {
  StatusWorld world;
  world.delivery.sinks = {{"file", {1, 0, "Permission denied"}}, {"soc", {1, 2, ""}}};
  world.reload = {ReloadOutcome::failed, test::status_time, {0}, "alarum.yaml:3:1: unknown key 'sorces'"};
  const Readiness found = readiness(world.status());

  CHECK(found.is_ready());
  CHECK(found.warnings ==
        Sentences{"sink 'file' does not deliver: Permission denied", "sink 'soc' has refused 2 entries",
                  "the last reload failed, the rules before it are in use: alarum.yaml:3:1: unknown key "
                  "'sorces'"});
}

TEST_CASE("a configuration that is not in use as a whole is a warning, and no success") {
  StatusWorld world;
  world.delivery.sinks.clear();
  world.reload = {ReloadOutcome::restart_needed, test::status_time, {0}, "state, workers"};

  CHECK(readiness(world.status()).warnings ==
        Sentences{"the configuration has changed in what takes a restart: state, workers"});
  CHECK_FALSE(world.reload.is_successful());
}

TEST_CASE("a ledger that lacks what it was given is a warning") {
  StatusWorld world;
  world.delivery.sinks.clear();
  world.incidents.warning = "the ledger has nothing";

  CHECK(readiness(world.status()).warnings == Sentences{"the ledger has nothing"});
}

TEST_CASE("actions that do not get on, as a whole or by responder, are warnings") {
  StatusWorld world;
  world.delivery.sinks.clear();
  CHECK(readiness(world.status()).warnings == Sentences{});
  world.actions.is_tripped = true;
  world.responders.trouble = "database is locked";
  world.responders.responders.front().is_open = true;

  CHECK(readiness(world.status()).is_ready());
  CHECK(readiness(world.status()).warnings ==
        Sentences{"the breaker has tripped, every action is in shadow: see alarum block list, then alarum "
                  "breaker reset",
                  "actions do not get on: database is locked",
                  "responder 'firewall' fails again and again, it is left in peace for a while"});
}

TEST_CASE("what a broker says cannot move the cursor of who reads the reasons, nor add a line") {
  StatusWorld world;
  world.health = {true, "gone\n\x1b[2Jready", {}, status_time};

  CHECK(readiness(world.status()).reasons ==
        Sentences{"source 'windows' is in trouble: gone\\u{000A}\\u{001B}[2Jready"});
}

TEST_CASE("the watermark of a source is that of its slowest partition, less its lateness") {
  StatusWorld world;
  CHECK(format_time(*watermark(world.line, "windows")) == "2026-01-02T03:03:15.000000Z");

  world.line.sources["windows"].partitions[StatusWorld::partition(0)].event_time_max.reset();
  CHECK(format_time(*watermark(world.line, "windows")) == "2026-01-02T03:03:25.000000Z");

  world.line.sources["windows"].partitions.clear();
  CHECK_FALSE(watermark(world.line, "windows"));
  CHECK_FALSE(watermark(world.line, "linux"));
}

}  // namespace
}  // namespace alarum

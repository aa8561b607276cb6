#include "daemon/respond/heard_until.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using std::chrono::seconds;

Timestamp at(std::int64_t second) { return {1767323045'000000 + second * 1'000'000}; }
PartitionId partition(std::int32_t number) { return {"web", "access", number}; }
PartitionProgress progress(std::int64_t record, std::int64_t event) { return {10, 9, at(record), at(event)}; }

/// A source of two partitions, both read to their ends at second 100; their events are of 95 and 90.
struct HeardWorld {
  std::optional<Timestamp> heard() const {
    return heard_until(committed, committed_as_of, health, seconds(2));
  }

  Positions committed = {{partition(0), progress(96, 95)}, {partition(1), progress(50, 40)}};
  Timestamp committed_as_of = at(101);
  SourceHealth health = {true, "", {{partition(0), 0}, {partition(1), 0}}, at(100)};
};

}  // namespace

TEST_CASE("a source that is read to its end has told us everything until its latest event") {
  CHECK(HeardWorld().heard() == at(93));  // less what may come late
}

TEST_CASE("a source that goes on telling has told until its partitions were looked at") {
  HeardWorld world;
  world.committed[partition(0)] = progress(120, 119);
  CHECK(world.heard() == at(100));
}

TEST_CASE("a partition that lags tells as far as it was read") {
  HeardWorld world;
  world.health.lags[1].records = 7;
  CHECK(world.heard() == at(50));
}

TEST_CASE("lags count for nothing when they are newer than positions, or nobody answers, or of others") {
  HeardWorld newer;
  newer.committed_as_of = at(99);
  CHECK(newer.heard() == at(50));

  HeardWorld alone;
  alone.health.connected = false;
  CHECK(alone.heard() == at(50));

  HeardWorld troubled;
  troubled.health.trouble = "partition 1 has no leader";
  CHECK(troubled.heard() == at(50));

  HeardWorld other;
  other.health.lags.pop_back();
  CHECK(other.heard() == at(50));
}

TEST_CASE("a record from the future tells nothing of a partition that lags") {
  HeardWorld world;
  world.health.lags[1].records = 7;
  world.committed[partition(1)].last_timestamp = at(1'000'000);
  CHECK_FALSE(world.heard());
}

TEST_CASE("nothing is known of a source without partitions, records or times") {
  HeardWorld none;
  none.committed.clear();
  CHECK_FALSE(none.heard());

  HeardWorld silent;
  silent.committed = {{partition(0), PartitionProgress()}, {partition(1), PartitionProgress()}};
  CHECK_FALSE(silent.heard());

  HeardWorld unread;
  unread.health.lags[1].records = 7;
  unread.committed[partition(1)] = PartitionProgress();
  CHECK_FALSE(unread.heard());
}

}  // namespace alarum

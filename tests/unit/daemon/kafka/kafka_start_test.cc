#include "daemon/kafka/kafka_start.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

const PartitionId partition{"windows", "events", 3};
/// Read up to 99, which was at second 7.
const PartitionProgress committed{100, 99, Timestamp{7'000'000}, {}};

PartitionStart start(KafkaRange range, KafkaIdentity identity = KafkaIdentity::unknown,
                     bool was_deleted = false) {
  return decide_start(partition, committed, range, identity, was_deleted);
}

bool is_recreated(const PartitionStart& start) {
  return start.gap && start.gap->reason == Gap::Reason::recreated && start.gap->from == 100 &&
         start.gap->to == 100;
}

}  // namespace

TEST_CASE("a partition goes on at its committed position") {
  CHECK(start({0, 100}).offset == 100);
  CHECK(start({0, 500}).offset == 100);
  CHECK(start({100, 500}).offset == 100);
  CHECK_FALSE(start({100, 500}).gap);
}

TEST_CASE("records that retention deleted before they were read are a gap from the first to the last") {
  const auto late = start({140, 500});

  CHECK(late.offset == 140);
  REQUIRE(late.gap);
  CHECK(late.gap->reason == Gap::Reason::retention);
  CHECK(late.gap->from == 100);
  CHECK(late.gap->to == 140);
}

TEST_CASE("a partition that ends before the position is one of another topic") {
  CHECK(is_recreated(start({0, 99})));
  CHECK(start({5, 99}).offset == 5);
  CHECK(is_recreated(start({0, 99}, KafkaIdentity::same)));
}

TEST_CASE("another record where the last one was means another topic, however many it holds") {
  CHECK(is_recreated(start({0, 500}, KafkaIdentity::other)));
}

TEST_CASE("a topic that was gone is another one unless its last record proves the contrary") {
  CHECK(is_recreated(start({0, 500}, KafkaIdentity::unknown, true)));
  CHECK_FALSE(start({0, 500}, KafkaIdentity::same, true).gap);
}

TEST_CASE("the last record identifies a topic by its time, where it is still there") {
  CHECK(can_identify(committed, {0, 100}));
  CHECK_FALSE(can_identify(committed, {100, 500}));
  CHECK_FALSE(can_identify(committed, {0, 99}));
  CHECK_FALSE(can_identify({0, -1, {}, {}}, {0, 100}));
  CHECK_FALSE(can_identify({100, 99, {}, {}}, {0, 100}));

  CHECK(identify(committed, Timestamp{7'000'000}) == KafkaIdentity::same);
  CHECK(identify(committed, Timestamp{7'001'000}) == KafkaIdentity::other);
  CHECK(identify(committed, std::nullopt) == KafkaIdentity::unknown);
}

}  // namespace alarum

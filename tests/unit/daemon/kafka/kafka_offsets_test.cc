#include "daemon/kafka/kafka_offsets.h"

#include "daemon/base/time.h"

#include <catch2/catch.hpp>

#include <limits>

namespace alarum {

TEST_CASE("a record's time is one that can be written down, whatever its producer claims") {
  CHECK(kafka_time(0) == Timestamp{0});
  CHECK(format_time(*kafka_time(253'402'300'799'999)) == "9999-12-31T23:59:59.999000Z");
  CHECK_FALSE(kafka_time(253'402'300'800'000));
  CHECK_FALSE(kafka_time(std::numeric_limits<std::int64_t>::max()));
  CHECK_FALSE(kafka_time(-1));
}

}  // namespace alarum

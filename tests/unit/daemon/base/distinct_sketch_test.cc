#include "daemon/base/distinct_sketch.h"

#include "daemon/base/address_hash.h"
#include "daemon/base/recent_distinct.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace alarum {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// The sketch of `count` addresses from `first` on, as neighbours as they can be.
DistinctSketch sketch_of(std::uint32_t count, std::uint32_t first = 0) {
  DistinctSketch out;
  for (std::uint32_t i = first; i < first + count; ++i) {
    IpAddress address = *IpAddress::parse("10.0.0.0");
    for (int byte = 0; byte < 3; ++byte)
      address.bytes[static_cast<std::size_t>(15 - byte)] = static_cast<std::uint8_t>(i >> (8 * byte));
    out.add(hash_of(address));
  }
  return out;
}

std::uint64_t rounded(const DistinctSketch& sketch) {
  return static_cast<std::uint64_t>(std::llround(sketch.estimate()));
}

double error_of(const DistinctSketch& sketch, double expected) {
  return std::abs(sketch.estimate() / expected - 1);
}

TEST_CASE("an estimate is as near as the paper says, from few addresses to many") {
  for (const std::uint32_t count : {1, 10, 100, 1'000, 5'000, 10'000, 20'000, 100'000, 2'000'000}) {
    double squares = 0;
    const std::uint32_t rounds = count < 100'000 ? 40 : 1;
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const double error = error_of(sketch_of(count, round * count), count);
      squares += error * error;
      // Of a few, two that share a register are more than four standard errors.
      if (count >= 1000) CHECK(error < 4 * 0.01625);
    }
    INFO(count << " addresses, root of the mean square " << std::sqrt(squares / rounds));
    CHECK(std::sqrt(squares / rounds) < (rounds == 1 ? 3.0 : 1.25) * 0.01625);
  }
}

TEST_CASE("an address seen again changes nothing") {
  DistinctSketch sketch = sketch_of(1000);
  const double once = sketch.estimate();
  sketch.merge(sketch_of(1000));
  CHECK(sketch.estimate() == once);
}

TEST_CASE("merged sketches say what one sketch of everything says") {
  DistinctSketch halves = sketch_of(3000);
  halves.merge(sketch_of(3000, 2000));
  CHECK(halves.estimate() == sketch_of(5000).estimate());
}

TEST_CASE("a sketch is empty until something was seen, and once it is cleared") {
  DistinctSketch sketch;
  CHECK(sketch.is_empty());
  CHECK(sketch.estimate() == 0);

  sketch.merge(sketch_of(1));
  CHECK_FALSE(sketch.is_empty());

  sketch.clear();
  CHECK(sketch.is_empty());
  CHECK(sketch.estimate() == 0);
  sketch.merge(sketch_of(10));
  CHECK(rounded(sketch) == 10);
}

TEST_CASE("spellings of one address have one hash, and other addresses another") {
  const auto hash = [](std::string_view text) { return hash_of(*IpAddress::parse(text)); };
  CHECK(hash("192.0.2.1") == hash("::ffff:192.0.2.1"));
  CHECK(hash("192.0.2.1") != hash("192.0.2.2"));
  CHECK(hash("2001:db8::1") != hash("2001:db8:0:1::"));
}

TEST_CASE("what was seen counts for nine minutes and is forgotten after ten") {
  RecentDistinct recent;
  recent.add(sketch_of(100), minutes(20));
  recent.add(sketch_of(50, 100), minutes(25));

  CHECK(recent.estimate(minutes(29) + seconds(59)) == rounded(sketch_of(150)));
  CHECK(recent.estimate(minutes(30)) == rounded(sketch_of(50, 100)));
  CHECK(recent.estimate(minutes(35)) == 0);
}

TEST_CASE("after a long silence nothing is left, and what comes then counts") {
  RecentDistinct recent;
  for (int minute = 0; minute < 10; ++minute) recent.add(sketch_of(100), minutes(minute));
  recent.add(sketch_of(7, 5000), minutes(100));
  CHECK(recent.estimate(minutes(100)) == 7);
}

TEST_CASE("an address that keeps coming counts once") {
  RecentDistinct recent;
  for (int minute = 0; minute < 30; ++minute) recent.add(sketch_of(20), minutes(minute));
  CHECK(recent.estimate(minutes(30)) == 20);
}

}  // namespace
}  // namespace alarum

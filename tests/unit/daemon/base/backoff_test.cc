#include "daemon/base/backoff.h"

#include <catch2/catch.hpp>

#include <limits>
#include <random>

namespace alarum {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration ample = hours(1000);

/// The wait after so many failures when the random number is `random`.
std::optional<Duration> wait_after(unsigned tries, std::uint64_t random) {
  return wait_before_retry({}, {.tries = tries, .left = ample}, [random] { return random; });
}

/// A number of which the remainder is the whole of a longest wait.
std::uint64_t highest_for(Duration longest) { return static_cast<std::uint64_t>(longest.count()); }

}  // namespace

TEST_CASE("the longest wait doubles with each failure, up to its limit") {
  CHECK(wait_after(1, highest_for(seconds(1))) == Duration(seconds(1)));
  CHECK(wait_after(2, highest_for(seconds(2))) == Duration(seconds(2)));
  CHECK(wait_after(3, highest_for(seconds(4))) == Duration(seconds(4)));
  CHECK(wait_after(9, highest_for(seconds(256))) == Duration(seconds(256)));
  CHECK(wait_after(10, highest_for(minutes(5))) == Duration(minutes(5)));
  CHECK(wait_after(4'000'000'000, highest_for(minutes(5))) == Duration(minutes(5)));
}

TEST_CASE("a wait may be any up to the longest one") {
  CHECK(wait_after(3, 0) == Duration(0));
  CHECK(wait_after(3, 1'234'567) == Duration(1'234'567));
  CHECK(wait_after(3, highest_for(seconds(4)) + 1) == Duration(0));

  std::mt19937_64 generator(1);
  Duration sum{0};
  for (int i = 0; i < 1000; ++i) {
    const auto wait = wait_before_retry({}, {.tries = 3, .left = ample}, [&] { return generator(); });
    REQUIRE(wait.has_value());
    REQUIRE(*wait <= seconds(4));
    sum += *wait;
  }
  CHECK(sum / 1000 > std::chrono::milliseconds(1800));
  CHECK(sum / 1000 < std::chrono::milliseconds(2200));
}

TEST_CASE("who asks for a wait gets it, within its limit") {
  const auto wait_asked = [](Duration asked, std::uint64_t random) {
    return wait_before_retry({}, {.tries = 1, .asked = asked, .left = ample}, [random] { return random; });
  };
  CHECK(wait_asked(seconds(30), 5) == Duration(seconds(30)));
  CHECK(wait_asked(Duration(3), 5) == Duration(5));
  CHECK(wait_asked(hours(500), 5) == Duration(hours(1)));
  CHECK(wait_asked(Duration(-5), 5) == Duration(5));
}

TEST_CASE("nothing is tried at the deadline or behind it") {
  const auto wait_left = [](Duration left) {
    return wait_before_retry({}, {.tries = 1, .left = left}, [] { return 500; });
  };
  CHECK(wait_left(Duration(501)) == Duration(500));
  CHECK_FALSE(wait_left(Duration(500)).has_value());
  CHECK_FALSE(wait_left(Duration(0)).has_value());
  CHECK_FALSE(wait_left(Duration(-1)).has_value());
}

TEST_CASE("limits as large as they can be do not overflow") {
  const Backoff large{
      .first_max = Duration::max(), .wait_max = Duration::max(), .asked_max = Duration::max()};
  const auto wait = wait_before_retry(large, {.tries = 64, .left = Duration::max()}, [] { return 7; });
  CHECK(wait == Duration(7));
  const Backoff none{.first_max = Duration(0), .wait_max = minutes(5)};
  CHECK(wait_before_retry(none, {.tries = 4'000'000'000, .left = ample}, [] { return 7; }) == Duration(0));
}

}  // namespace alarum

#include "daemon/demo/silence_watch.h"

#include <catch2/catch.hpp>

namespace alarum::demo {
namespace {

constexpr Duration second = std::chrono::seconds(1);

/// Knocks a second apart.
void knock(SilenceWatch& watch, Duration from, int count) {
  for (int i = 0; i < count; ++i) watch.note_knock(from + i * second);
}

}  // namespace

TEST_CASE("a silence lasts from the first knock without an answer to the next answer") {
  SilenceWatch watch;
  watch.note_answer(0 * second);

  knock(watch, 1 * second, 10);
  CHECK(watch.silent_since() == 1 * second);
  CHECK_FALSE(watch.last_silence());

  watch.note_answer(12 * second);
  CHECK_FALSE(watch.silent_since());
  REQUIRE(watch.last_silence());
  CHECK(watch.last_silence()->begin == 1 * second);
  CHECK(watch.last_silence()->end == 12 * second);
}

TEST_CASE("an answer that is late is no silence") {
  SilenceWatch watch;
  watch.note_answer(0 * second);

  knock(watch, 1 * second, 9);
  CHECK_FALSE(watch.silent_since());

  watch.note_answer(10 * second);
  CHECK_FALSE(watch.last_silence());
}

TEST_CASE("who is not answered yet for the first time is not taken for cut off") {
  SilenceWatch watch;

  knock(watch, 0 * second, 20);
  CHECK_FALSE(watch.silent_since());
  CHECK_FALSE(watch.has_heard());

  watch.note_answer(20 * second);
  CHECK_FALSE(watch.last_silence());
  CHECK(watch.has_heard());
}

}  // namespace alarum::demo

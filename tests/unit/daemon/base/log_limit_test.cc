#include "daemon/base/log_limit.h"

#include <catch2/catch.hpp>

#include <chrono>

namespace alarum {
namespace {

using std::chrono::seconds;

TEST_CASE("of many lines one is let through in its time, and says how many it hides") {
  LogLimit limit(seconds(10));
  CHECK(limit.admit(seconds(1)) == 0);
  CHECK_FALSE(limit.admit(seconds(2)));
  CHECK_FALSE(limit.admit(seconds(10)));
  CHECK(limit.admit(seconds(11)) == 2);
  CHECK(limit.admit(seconds(30)) == 0);
}

}  // namespace
}  // namespace alarum

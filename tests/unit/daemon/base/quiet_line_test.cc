#include "daemon/base/quiet_line.h"

#include <catch2/catch.hpp>

namespace alarum {

TEST_CASE("one line in ten seconds is told, and says how many were hidden before it") {
  QuietLine line;
  const Duration began = std::chrono::hours(1);

  CHECK(line.admit(began) == 0);
  CHECK_FALSE(line.admit(began).has_value());
  CHECK_FALSE(line.admit(began + QuietLine::interval - Duration(1)).has_value());
  CHECK(line.admit(began + QuietLine::interval) == 2);
  CHECK(line.admit(began + 2 * QuietLine::interval) == 0);
}

}  // namespace alarum

#include "daemon/base/file_lock.h"

#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

namespace alarum {

TEST_CASE("one holds a lock at a time, and the next one when that has gone") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "lock";
  {
    const auto first = FileLock::take(path);
    REQUIRE(first.has_value());
    const auto second = FileLock::take(path);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::limit);
    CHECK(second.error().message == "another process has '" + path + "'");
  }
  CHECK(FileLock::take(path).has_value());
}

TEST_CASE("a lock where there is no folder is an error that names it") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "no/where";
  const auto lock = FileLock::take(path);
  REQUIRE_FALSE(lock.has_value());
  CHECK(lock.error().message == "cannot open '" + path + "': No such file or directory");
}

}  // namespace alarum

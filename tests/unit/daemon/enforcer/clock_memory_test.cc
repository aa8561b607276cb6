#include "daemon/enforcer/clock_memory.h"

#include "daemon/base/file.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace alarum::enforcer {
namespace {

using std::chrono::seconds;

TEST_CASE("a process of the same boot finds the clock that the one before kept") {
  test::TemporaryFolder folder;
  const ClockMemory memory(folder / "clock");
  CHECK_FALSE(memory.recall(seconds(10)));
  CHECK(memory.keep(seconds(-7), seconds(10)));
  CHECK(memory.recall(seconds(10)) == Duration(seconds(-7)));
  CHECK(memory.recall(seconds(11)) == Duration(seconds(-7)));
}

TEST_CASE("a clock that another boot kept is not that of this one") {
  test::TemporaryFolder folder;
  const ClockMemory memory(folder / "clock");
  CHECK(memory.keep(seconds(7), seconds(10)));
  CHECK_FALSE(memory.recall(seconds(9)));
  const std::string text = *read_file(folder / "clock", 1000);
  CHECK(replace_file(folder / "clock", text.substr(0, text.rfind(' ')) + " another-boot\n"));
  CHECK_FALSE(memory.recall(seconds(11)));
}

TEST_CASE("a file that is no clock is none") {
  test::TemporaryFolder folder;
  const ClockMemory memory(folder / "clock");
  CHECK(memory.keep(seconds(7), seconds(10)));
  const std::string text = *read_file(folder / "clock", 1000);
  const std::string boot = text.substr(text.rfind(' '));
  for (const std::string& other : {std::string(), std::string("7"), std::string("7 10\n"), "x 10" + boot,
                                   "7 x" + boot, "7 10 10" + boot, text + text}) {
    INFO(other);
    CHECK(replace_file(folder / "clock", other));
    CHECK_FALSE(memory.recall(seconds(11)));
  }
}

}  // namespace
}  // namespace alarum::enforcer

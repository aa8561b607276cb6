#include "daemon/enforcer/state_log.h"

#include "daemon/base/checksum.h"
#include "daemon/base/file.h"
#include "daemon/enforcer/enforcer_state.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace alarum::enforcer {
namespace {

using Kind = StateRecord::Kind;

using namespace std::string_literals;

const IpNetwork host = *IpNetwork::parse("192.0.2.1");

StateRecord made(const std::string& id) {
  return {.kind = Kind::action, .action = {.id = id, .target = host, .made = {1}, .expires = {2}}};
}

/// A line as the file has it, without its end.
std::string with_checksum(const std::string& text) { return checksum_text(crc32(text)) + " " + text; }

/// One record of each kind.
std::vector<StateRecord> all_kinds() {
  return {made("a"),
          made("b"),
          {.kind = Kind::end, .action = {.id = "a"}},
          {.kind = Kind::forget, .action = {.id = "b"}},
          {.kind = Kind::protect, .network = *IpNetwork::parse("2001:db8::/32"), .until = {7}},
          {.kind = Kind::leave_alone, .network = *IpNetwork::parse("192.0.2.0/24"), .until = {8}},
          {.kind = Kind::protect, .network = host, .until = {9}},
          {.kind = Kind::unprotect, .network = host},
          {.kind = Kind::disarm},
          {.kind = Kind::panic},
          {.kind = Kind::arm}};
}

void append_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::app) << bytes;
}

std::vector<StateRecord> read_again(const std::string& path) {
  auto log = StateLog::open(path);
  if (!log) FAIL(log.error().message);
  return log->take_records();
}

TEST_CASE("every kind of record is read as it was written") {
  test::TemporaryFolder folder;
  const std::string path = folder / "state";
  {
    auto log = StateLog::open(path);
    REQUIRE(log);
    for (const StateRecord& record : all_kinds()) CHECK(log->append(record));
    CHECK(log->line_count() == all_kinds().size());
  }
  CHECK(read_again(path) == all_kinds());
}

TEST_CASE("a line that was being written when the power went is as if it had never been") {
  test::TemporaryFolder folder;
  const std::string path = folder / "state";
  CHECK(StateLog::open(path)->append(made("a")));
  const std::string before = *read_file(path, 1000);
  // Cut, whole but for its end, and with an end behind bytes that never came.
  for (const std::string& rest : {"a1b2c3d4 action b 192.0"s, with_checksum("panic"), "a1b2\0\0\0\0\n"s}) {
    INFO(rest);
    CHECK(replace_file(path, before + rest));
    CHECK(read_again(path) == std::vector{made("a")});
    CHECK(StateLog::open(path)->append(made("c")));
    CHECK(read_again(path) == std::vector{made("a"), made("c")});
  }
}

TEST_CASE("a line that the disk gives back otherwise than it was written is damage") {
  test::TemporaryFolder folder;
  const std::string path = folder / "state";
  CHECK(StateLog::open(path)->append({.kind = Kind::protect, .network = host, .until = {7}}));
  CHECK(StateLog::open(path)->append(made("a")));
  std::string text = *read_file(path, 1000);
  text.replace(text.find("192.0.2.1"), 9, "192.0.2.3");
  CHECK(replace_file(path, text));

  const auto log = StateLog::open(path);
  REQUIRE_FALSE(log);
  CHECK_THAT(log.error().message, Catch::Contains("state:2: damaged") && Catch::Contains("checksum"));
}

TEST_CASE("any other damage is an error that names the line") {
  test::TemporaryFolder folder;
  const std::string path = folder / "state";
  for (const char* line : {"", "action b 192.0.2.2 1 2", "action b 192.0.2.2 2 1 active",
                           "action b 192.0.2.300 1 2 active", "end", "end a b", "protect 10.0.0.1/8 1",
                           "panic now", "nonsense", "action b 192.0.2.2 1 86400000002 active"}) {
    INFO(line);
    std::filesystem::remove(path);
    CHECK(StateLog::open(path)->append(made("a")));
    append_bytes(path, with_checksum(line) + "\n" + with_checksum("arm") + "\n");
    const auto log = StateLog::open(path);
    REQUIRE_FALSE(log);
    CHECK_THAT(log.error().message, Catch::Contains("state:3: damaged"));
  }
  append_bytes(folder / "other", "hello\n");
  CHECK_FALSE(StateLog::open(folder / "other"));
  append_bytes(folder / "empty", "");
  CHECK_FALSE(StateLog::open(folder / "empty"));
}

TEST_CASE("a state has one user at a time") {
  test::TemporaryFolder folder;
  const auto log = StateLog::open(folder / "state");
  REQUIRE(log);
  const auto second = StateLog::open(folder / "state");
  REQUIRE_FALSE(second);
  CHECK_THAT(second.error().message,
             Catch::Contains("process " + std::to_string(getpid()) + " is another enforcer"));
}

TEST_CASE("root leaves nothing behind in the folder of another user") {
  test::TemporaryFolder folder;
  if (geteuid() != 0) return;
  CHECK(chown(folder.path().c_str(), 4711, 4711) == 0);
  const auto log = StateLog::open(folder / "state");
  CHECK(std::filesystem::is_empty(folder.path()));
  REQUIRE_FALSE(log);
  CHECK_THAT(log.error().message, Catch::Contains("belongs to user 4711"));
}

TEST_CASE("a state knows when the clock was last seen") {
  test::TemporaryFolder folder;
  {
    auto log = StateLog::open(folder / "state");
    CHECK(log->last_seen() == Timestamp{});
    CHECK(log->mark_seen({1'790'000'000'000'001}));
  }
  CHECK(StateLog::open(folder / "state")->last_seen() == Timestamp{1'790'000'000'000'001});
}

TEST_CASE("a checksum is that of zlib") {
  CHECK(checksum_text(crc32("123456789")) == "cbf43926");
  CHECK(checksum_text(crc32("")) == "00000000");
}

TEST_CASE("the records of a state say all of it") {
  EnforcerState state;
  for (const StateRecord& record : all_kinds()) state.apply(record);
  state.apply(made("c"));
  state.apply({.kind = Kind::end, .action = {.id = "never seen"}});

  EnforcerState again;
  for (const StateRecord& record : state.records()) again.apply(record);
  CHECK(again.actions.all() == state.actions.all());
  CHECK(again.actions.expires(host) == Timestamp{2});
  CHECK(again.never_block.added_count() == 1);
  CHECK(again.never_block.left_alone().size() == 1);
  CHECK(again.is_armed);
}

TEST_CASE("a panic ends everything, and outlives a restart") {
  EnforcerState state;
  state.apply(made("a"));
  state.apply({.kind = Kind::panic});
  CHECK(state.actions.target_count() == 0);

  EnforcerState again;
  for (const StateRecord& record : state.records()) again.apply(record);
  CHECK_FALSE(again.is_armed);
  CHECK(again.actions.find("a")->is_ended);
}

}  // namespace
}  // namespace alarum::enforcer

#include "daemon/pipeline/state_store.h"

#include "daemon/base/fault.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

namespace alarum {
namespace {

namespace filesystem = std::filesystem;
using test::TemporaryFolder;

constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

std::unique_ptr<StateStore> open_state(const std::string& folder) {
  auto bytes = open_rocksdb(folder);
  INFO((bytes ? "" : bytes.error().message));
  REQUIRE(bytes);
  return std::make_unique<StateStore>(*std::move(bytes));
}

CommitBatch batch_up_to(std::int64_t offset) {
  CommitBatch out;
  out.plan_hash = "plan";
  out.partitions[{"s", "t", 0}].next_offset = offset;
  out.last_sequence = static_cast<std::uint64_t>(offset);
  out.entries = {{out.last_sequence, OutboxKind::alert, "id", "{\"n\":" + std::to_string(offset) + "}"}};
  return out;
}

/// The log of RocksDB in a state's folder.
filesystem::path log_of(const std::string& folder) {
  for (const auto& file : filesystem::directory_iterator(folder + "/rocksdb")) {
    if (file.path().extension() == ".log" && file.file_size() > 0) return file.path();
  }
  FAIL("RocksDB has a log");
  return {};
}

/// How far a state is, and how many entries it has; or what is wrong with it.
std::string summary(const std::string& folder) {
  auto bytes = open_rocksdb(folder);
  if (!bytes) return bytes.error().message;
  StateStore store(*std::move(bytes));
  const auto state = store.load();
  if (!state) return state.error().message;
  const auto partition = state->partitions.find({"s", "t", 0});
  const std::int64_t offset = partition == state->partitions.end() ? -1 : partition->second.next_offset;
  return std::to_string(offset) + " " + std::to_string(store.read_outbox(0, everything)->size());
}

}  // namespace

TEST_CASE("a state that could not be written is opened anew, while another thread reads it") {
  const TemporaryFolder folder;
  const auto state = open_state(folder / "state");
  REQUIRE(state->load());
  REQUIRE(state->write(batch_up_to(1)));
  std::atomic<bool> is_over = false;
  std::atomic<std::size_t> broken = 0;
  std::thread reader([&] {
    while (!is_over) {
      const auto entries = state->read_outbox(0, everything);
      broken += !entries || entries->empty() ? 1 : 0;
    }
  });
  for (std::int64_t offset = 2; offset < 7; ++offset) {
    {
      const fault::Armed torn([](std::string_view name) -> Status {
        if (name == "torn_write") return Error{ErrorCode::io, "no space left"};
        return {};
      });
      CHECK_FALSE(state->write(batch_up_to(offset)));
    }
    CHECK(state->write(batch_up_to(offset)));  // the same once more
  }
  is_over = true;
  reader.join();

  CHECK(broken == 0);
  CHECK(state->read_outbox(0, everything)->size() == 6);
}

TEST_CASE("a new state is empty and stays ours") {
  const TemporaryFolder folder;
  CHECK(summary(folder / "state") == "-1 0");
  CHECK(summary(folder / "state") == "-1 0");
}

TEST_CASE("what was committed is there for the next process") {
  const TemporaryFolder folder;
  {
    const auto store = open_state(folder / "state");
    REQUIRE(store->load());
    REQUIRE(store->write(batch_up_to(1)));
    REQUIRE(store->write(batch_up_to(2)));
  }
  CHECK(summary(folder / "state") == "2 2");
}

TEST_CASE("a commit that is written twice is the same as once") {
  const TemporaryFolder folder;
  const auto store = open_state(folder / "state");
  REQUIRE(store->load());
  REQUIRE(store->write(batch_up_to(1)));
  REQUIRE(store->write(batch_up_to(1)));

  CHECK(store->read_outbox(0, everything)->size() == 1);
}

TEST_CASE("the outbox is read in order, behind a sequence, as much as fits and one at least") {
  const TemporaryFolder folder;
  const auto store = open_state(folder / "state");
  REQUIRE(store->load());
  for (std::int64_t i = 1; i <= 300; ++i) REQUIRE(store->write(batch_up_to(i)));

  CHECK(store->read_outbox(0, 1)->size() == 1);
  CHECK(store->read_outbox(0, 1)->front().sequence == 1);
  CHECK(store->read_outbox(255, everything)->front().sequence == 256);
  CHECK(store->read_outbox(255, everything)->size() == 45);
  CHECK(store->read_outbox(300, everything)->empty());
}

TEST_CASE("entries that every sink has are gone") {
  const TemporaryFolder folder;
  {
    const auto store = open_state(folder / "state");
    REQUIRE(store->load());
    for (std::int64_t i = 1; i <= 5; ++i) REQUIRE(store->write(batch_up_to(i)));
    CommitBatch batch = batch_up_to(6);
    batch.delivered["sink"] = 4;
    batch.delivered_by_all = 4;
    REQUIRE(store->write(batch));
  }
  const auto store = open_state(folder / "state");
  CHECK(store->load()->delivered == std::map<std::string, std::uint64_t>{{"sink", 4}});
  CHECK(store->read_outbox(0, everything)->front().sequence == 5);
  CHECK(store->read_outbox(0, everything)->size() == 2);
}

TEST_CASE("a state in use is refused, with the way out") {
  const TemporaryFolder folder;
  const auto store = open_state(folder / "state");
  const auto second = open_rocksdb(folder / "state");

  REQUIRE(!second);
  CHECK(second.error().message == "the state in '" + (folder / "state") +
                                      "' is in use by another process; stop it, or name another folder");
}

TEST_CASE("a folder that cannot be made is said") {
  const auto opened = open_rocksdb("/proc/no/state");
  REQUIRE(!opened);
  CHECK(opened.error().message.find("cannot make the folder '/proc/no/state' of the state") == 0);
}

TEST_CASE("a log torn anywhere in its last commit loses that commit and nothing else") {
  const TemporaryFolder folder;
  std::uintmax_t before_last = 0;
  {
    const auto store = open_state(folder / "state");
    REQUIRE(store->load());
    REQUIRE(store->write(batch_up_to(1)));
    before_last = filesystem::file_size(log_of(folder / "state"));
    REQUIRE(store->write(batch_up_to(2)));
  }
  const std::uintmax_t whole = filesystem::file_size(log_of(folder / "state"));
  REQUIRE(whole > before_last);

  for (std::uintmax_t size = before_last; size <= whole; ++size) {
    const std::string copy = folder / ("torn-" + std::to_string(size));
    filesystem::copy(folder / "state", copy, filesystem::copy_options::recursive);
    filesystem::resize_file(log_of(copy), size);
    INFO("of " << whole << " bytes " << size << " are left");
    CHECK(summary(copy) == (size == whole ? "2 2" : "1 1"));
    filesystem::remove_all(copy);
  }
}

TEST_CASE("a log damaged before its last commit is an error, never a shorter history") {
  const TemporaryFolder folder;
  {
    const auto store = open_state(folder / "state");
    REQUIRE(store->load());
    for (std::int64_t i = 1; i <= 3; ++i) REQUIRE(store->write(batch_up_to(i)));
  }
  {
    std::fstream log(log_of(folder / "state"), std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(60);
    log.put('\xFF').put('\xFF').put('\xFF');
  }
  CHECK(summary(folder / "state").find("cannot open the state in") == 0);
}

}  // namespace alarum

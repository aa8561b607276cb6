#include "daemon/files/line_sink.h"

#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/file.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {
namespace {

using test::TemporaryFolder;

std::unique_ptr<LineSink> open_sink(const std::string& path) {
  auto sink = LineSink::open("file", path);
  REQUIRE(sink);
  return *std::move(sink);
}

/// Offers one entry and lets the sink work; how many have arrived by that.
std::size_t put(LineSink& sink, std::uint64_t sequence, const std::string& payload) {
  REQUIRE(sink.offer({sequence, OutboxKind::alert, "id", payload}));
  std::vector<SinkResult> results;
  sink.step(Duration(0), results);
  return results.size();
}

std::string text_of(const std::string& path) { return *read_file(path, 1000); }

}  // namespace

TEST_CASE("a line sink appends entries to its file, a line each, in order") {
  const TemporaryFolder folder;
  const std::string path = folder / "alerts.jsonl";
  CHECK(put(*open_sink(path), 1, "{}") == 1);
  const auto sink = open_sink(path);
  CHECK(put(*sink, 2, "{\"a\":1}") == 1);

  CHECK(text_of(path) == "{}\n{\"a\":1}\n");
  CHECK(sink->trouble().empty());
}

TEST_CASE("a line sink ends what was cut short before it goes on") {
  const TemporaryFolder folder;
  const std::string path = folder / "alerts.jsonl";
  std::ofstream(path) << "{}\n{\"a\":";
  put(*open_sink(path), 1, "{}");

  CHECK(text_of(path) == "{}\n{\"a\":\n{}\n");
}

TEST_CASE("a line sink waits for nobody who has stopped to read a pipe, and goes on where it was") {
  const TemporaryFolder folder;
  const std::string path = folder / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const auto sink = open_sink(path);
  const std::string payload(300'000, 'x');  // more than a pipe holds
  const Duration before = steady_now();
  CHECK(put(*sink, 1, payload) == 0);
  CHECK(steady_now() < before + std::chrono::seconds(1));
  CHECK(sink->trouble().empty());  // it may be slow
  std::vector<SinkResult> none;
  for (int round = 0; round < 100 && sink->trouble().empty(); ++round)
    sink->step(std::chrono::milliseconds(50), none);
  CHECK(none.empty());
  CHECK(sink->trouble() == "'" + path + "' takes nothing: whoever reads it has stopped");

  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  std::string found;
  std::vector<SinkResult> results;
  for (int round = 0; round < 100 && results.empty(); ++round) {
    std::array<char, 65536> part{};
    const ssize_t count = read(reader, part.data(), part.size());
    if (count > 0) found.append(part.data(), static_cast<std::size_t>(count));
    sink->step(Duration(0), results);
  }
  std::array<char, 65536> rest{};
  const ssize_t count = read(reader, rest.data(), rest.size());
  found.append(rest.data(), static_cast<std::size_t>(count));
  close(reader);
  CHECK(results.size() == 1);
  CHECK(found == payload + "\n");
  CHECK(sink->trouble().empty());
}

TEST_CASE("a line sink does not write to a terminal for longer than it may") {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(grantpt(terminal) == 0);
  REQUIRE(unlockpt(terminal) == 0);
  const auto sink = open_sink(ptsname(terminal));
  const Duration before = steady_now();
  CHECK(put(*sink, 1, std::string(300'000, 'x')) == 0);
  CHECK(steady_now() < before + std::chrono::seconds(5));
  close(terminal);
}

TEST_CASE("a line sink that fails at once is not tried again at once") {
  const auto sink = open_sink("/dev/full");
  REQUIRE(sink->offer({1, OutboxKind::alert, "id", "{}"}));
  std::vector<SinkResult> results;
  const Duration before = steady_now();
  sink->step(std::chrono::milliseconds(50), results);
  CHECK(steady_now() >= before + std::chrono::milliseconds(50));
  CHECK(results.empty());
}

TEST_CASE("a line sink follows log rotation") {
  const TemporaryFolder folder;
  const std::string path = folder / "alerts.jsonl";
  const auto sink = open_sink(path);
  put(*sink, 1, "1");
  std::filesystem::rename(path, path + ".1");
  put(*sink, 2, "2");
  std::filesystem::remove(path);
  put(*sink, 3, "3");

  CHECK(text_of(path + ".1") == "1\n");
  CHECK(text_of(path) == "3\n");
}

TEST_CASE("an entry that could not be written is written when that is possible again") {
  const TemporaryFolder folder;
  const std::string path = folder / "alerts.jsonl";
  const auto sink = open_sink(path);
  {
    const fault::Armed armed(*fault::parse("before_line_write=error"));
    CHECK(put(*sink, 1, "1") == 0);
    CHECK(sink->trouble() == "fault 'before_line_write'");
  }
  CHECK(put(*sink, 2, "2") == 2);
  CHECK(sink->trouble().empty());
  CHECK(text_of(path) == "1\n2\n");
}

TEST_CASE("a full disk is trouble and loses nothing") {
  const auto sink = open_sink("/dev/full");
  CHECK(put(*sink, 1, "1") == 0);
  CHECK(sink->trouble() == "cannot write '/dev/full': No space left on device");
}

TEST_CASE("a line sink takes no more than it can hold, and always something") {
  const TemporaryFolder folder;
  const auto sink = open_sink(folder / "alerts.jsonl");
  const std::string large(2U << 20U, 'x');
  CHECK(sink->offer({1, OutboxKind::alert, "id", large}));
  CHECK(!sink->offer({2, OutboxKind::alert, "id", "small"}));
}

TEST_CASE("a file that cannot be opened is said at once") {
  const auto sink = LineSink::open("file", "/no/such/folder/alerts.jsonl");
  REQUIRE(!sink);
  CHECK(sink.error().message == "cannot open '/no/such/folder/alerts.jsonl': No such file or directory");
}

}  // namespace alarum

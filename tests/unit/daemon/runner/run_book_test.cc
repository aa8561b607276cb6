#include "daemon/runner/run_book.h"

#include "daemon/base/file.h"
#include "tests/unit/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <string>

namespace alarum::runner {
namespace {

const auto keeps_none = [](const std::string&) { return false; };

RunReport exited(std::uint64_t code) {
  RunReport out;
  out.code = code;
  out.output = "output";
  return out;
}

RunBook open(const std::string& path) {
  auto book = RunBook::open(path);
  if (!book) FAIL(book.error().message);
  return *std::move(book);
}

TEST_CASE("the book knows after a restart what ended, what did not, and what was forgotten") {
  test::TemporaryFolder folder;
  {
    RunBook book = open(folder / "book");
    REQUIRE(book.begin("ended", {1'000'000}));
    REQUIRE(book.begin("open", {2'000'000}));
    REQUIRE(book.begin("forgotten", {3'000'000}));
    REQUIRE(book.end("ended", exited(3), {4'000'000}));
    REQUIRE(book.forget("forgotten"));
  }

  const RunBook book = open(folder / "book");

  CHECK(book.size() == 2);
  CHECK(book.unfinished_count() == 1);
  CHECK(book.find("forgotten") == nullptr);
  REQUIRE(book.find("open") != nullptr);
  CHECK_FALSE(book.find("open")->report);
  REQUIRE(book.find("ended") != nullptr);
  CHECK(book.find("ended")->report == without_output(exited(3)));
  CHECK(book.find("ended")->ended == Timestamp{4'000'000});
  CHECK(book.starts_after({1'500'000}) == std::vector<Timestamp>{{2'000'000}});
}

TEST_CASE("the book forgets what is old, but not what runs") {
  test::TemporaryFolder folder;
  RunBook book = open(folder / "book");
  REQUIRE(book.begin("old", {1}));
  REQUIRE(book.end("old", exited(0), {2}));
  REQUIRE(book.begin("running", {1}));
  REQUIRE(book.begin("young", {5}));

  REQUIRE(book.tend({5}, [](const std::string& id) { return id == "running"; }));

  CHECK(book.find("old") == nullptr);
  CHECK(book.find("running") != nullptr);
  CHECK(book.find("young") != nullptr);
}

TEST_CASE("the book gets no longer than what it remembers needs") {
  test::TemporaryFolder folder;
  RunBook book = open(folder / "book");
  for (int i = 0; i < 700; ++i) {
    REQUIRE(book.begin("a", {1}));
    REQUIRE(book.end("a", exited(0), {1}));
  }
  REQUIRE(book.tend({0}, keeps_none));

  const auto text = read_file(folder / "book", 1 << 20);
  REQUIRE(text);
  CHECK(std::count(text->begin(), text->end(), '\n') == 3);
  CHECK(book.find("a") != nullptr);
}

TEST_CASE("what a crash left of the book's last line is cut off, and nothing else") {
  test::TemporaryFolder folder;
  const std::string path = folder / "book";
  {
    RunBook book = open(path);
    REQUIRE(book.begin("a", {1}));
  }
  std::ofstream(path, std::ios::app) << "0badc0de started action=b";
  {
    RunBook book = open(path);
    CHECK(book.find("a") != nullptr);
    CHECK(book.find("b") == nullptr);
    REQUIRE(book.begin("c", {2}));
  }
  CHECK(open(path).size() == 2);
}

TEST_CASE("a damaged line in the middle of the book is named") {
  test::TemporaryFolder folder;
  const std::string path = folder / "book";
  {
    RunBook book = open(path);
    REQUIRE(book.begin("a", {1}));
    REQUIRE(book.begin("b", {1}));
  }
  auto text = read_file(path, 1 << 20);
  REQUIRE(text);
  (*text)[text->find("action=a") + 7] = 'x';
  std::ofstream(path) << *text;

  const auto book = RunBook::open(path);

  REQUIRE_FALSE(book);
  CHECK_THAT(book.error().message, Catch::Contains("book:2: the checksum is not that of the line"));
}

TEST_CASE("lines of the book are read as they were written, and no others") {
  for (const BookLine& line :
       {BookLine{.kind = BookLine::Kind::started, .action_id = "a", .at = {5}},
        BookLine{
            .kind = BookLine::Kind::ended, .action_id = "a", .at = {6}, .report = without_output(exited(1))},
        BookLine{.kind = BookLine::Kind::forgotten, .action_id = "a"}}) {
    const auto read = parse_book_line(book_line_text(line));
    REQUIRE(read);
    CHECK(*read == line);
  }
  for (const char* text : {"", "started", "started action=a", "ended action=a at=1970-01-01T00:00:00Z",
                           "forgotten action=a at=1970-01-01T00:00:00Z", "begun action=a"}) {
    INFO(text);
    CHECK_FALSE(parse_book_line(text));
  }
}

}  // namespace
}  // namespace alarum::runner

#include "daemon/files/record_splitter.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

constexpr std::size_t no_limit = 1U << 20U;

/// The records of `text`, fed in pieces of `piece_size` bytes; each as `line:bytes`, with `!` where it was
/// cut.
std::vector<std::string> split(std::string_view text, std::size_t bytes_max = no_limit,
                               std::size_t piece_size = std::string_view::npos) {
  RecordSplitter splitter(bytes_max);
  std::vector<SplitRecord> found;
  while (!text.empty()) {
    splitter.feed(text.substr(0, piece_size), found);
    text.remove_prefix(std::min(piece_size, text.size()));
  }
  splitter.finish(found);
  std::vector<std::string> out;
  for (const SplitRecord& record : found) {
    out.push_back(std::to_string(record.line) + (record.truncated ? "!" : ":") + record.bytes);
  }
  return out;
}

using Records = std::vector<std::string>;

}  // namespace

TEST_CASE("a line is a record, with its number from 0") {
  CHECK(split("{\"a\":1}\n{\"b\":2}\n") == Records{R"(0:{"a":1})", R"(1:{"b":2})"});
  CHECK(split("{\"a\":1}\n{\"b\":2}") == Records{R"(0:{"a":1})", R"(1:{"b":2})"});
  CHECK(split("").empty());
}

TEST_CASE("a line may end with carriage return and line feed") {
  CHECK(split("{\"a\":1}\r\n{\"b\":2}\r\n") == Records{R"(0:{"a":1})", R"(1:{"b":2})"});
}

TEST_CASE("blank lines are nothing but count as lines") {
  CHECK(split("\n \t\r\n{}\n\n\v\f\n{}\n\n") == Records{"2:{}", "5:{}"});
  CHECK(split("\n\n\n").empty());
  CHECK(split("   ").empty());
}

TEST_CASE("white space around a record is no part of it") {
  CHECK(split(" \t{\"a\": 1} \t\r\n") == Records{R"(0:{"a": 1})"});
}

TEST_CASE("a byte order mark at the start of the text is nothing") {
  CHECK(split("\xEF\xBB\xBF{}\n{}\n") == Records{"0:{}", "1:{}"});
  CHECK(split("\xEF\xBB\xBF").empty());
  CHECK(split("\xEF\xBB\xBF\n{}") == Records{"1:{}"});
}

TEST_CASE("a byte order mark elsewhere, or a part of one, is a record's") {
  CHECK(split("{}\n\xEF\xBB\xBF{}") == Records{"0:{}", "1:\xEF\xBB\xBF{}"});
  CHECK(split("\xEF\xBB") == Records{"0:\xEF\xBB"});
  CHECK(split("{}") == Records{"0:{}"});
}

TEST_CASE("a pretty-printed object is one record, which begins at its first line") {
  const std::string first = "{\n  \"a\": {\n    \"b\": [1,\n 2]\n  }\n}";
  const std::string second = "{\n  \"c\": \"}\"\n}";
  CHECK(split("\n" + first + "\n" + second + "\n{}") == Records{"1:" + first, "7:" + second, "10:{}"});
}

TEST_CASE("brackets and quotes inside strings do not count") {
  CHECK(split("{\"a\":\"{[\\\"{\"}\n{}") == Records{R"(0:{"a":"{[\"{"})", "1:{}"});
  CHECK(split("{\"a\":\"x\\\\\"}\n{}") == Records{R"(0:{"a":"x\\"})", "1:{}"});
}

TEST_CASE("two objects in a line are one record, which is then trailing data") {
  CHECK(split("{\"a\":1}{\"b\":2}\n{}") == Records{R"(0:{"a":1}{"b":2})", "1:{}"});
}

TEST_CASE("a line that begins no object is a record of its own") {
  CHECK(split("garbage\n[\n1,\n2]\n{}") == Records{"0:garbage", "1:[", "2:1,", "3:2]", "4:{}"});
  CHECK(split("}\n]\n{}") == Records{"0:}", "1:]", "2:{}"});
}

TEST_CASE("an object that is never closed ends where a line begins with a brace in the first column") {
  CHECK(split("{\"a\":[1\n{\"b\":2}\n") == Records{R"(0:{"a":[1)", R"(1:{"b":2})"});
  CHECK(split("{\n  \"a\": 1,\n{}\n") == Records{"0:{\n  \"a\": 1,", "2:{}"});
}

TEST_CASE("a brace behind white space does not begin a new record") {
  CHECK(split("{\"a\":[\n {\"b\":1}\n]}\n") == Records{"0:{\"a\":[\n {\"b\":1}\n]}"});
}

TEST_CASE("an object whose line ends inside a string ends there") {
  CHECK(split("{\"a\":\"x\n{\"b\":2}\n") == Records{R"(0:{"a":"x)", R"(1:{"b":2})"});
  CHECK(split("{\"a\":\"x\\\n{\"b\":2}\n") == Records{R"(0:{"a":"x\)", R"(1:{"b":2})"});
  CHECK(split("{\n  \"a\": \"x\n  \"b\": 2\n}\n{}\n") ==
        Records{"0:{\n  \"a\": \"x", "2:\"b\": 2", "3:}", "4:{}"});
}

TEST_CASE("one bracket too many ends with its line") {
  CHECK(split("{\"a\":1}}\n{\"b\":2}\n") == Records{R"(0:{"a":1}})", R"(1:{"b":2})"});
}

TEST_CASE("an object still open at the end of the text is a record") {
  CHECK(split("{\"a\":[1,\n2") == Records{"0:{\"a\":[1,\n2"});
  CHECK(split("{\"a\":\n\n\n") == Records{"0:{\"a\":"});
}

TEST_CASE("a record that is too long is cut and marked, and costs no other") {
  CHECK(split("{\"a\":12}\n{\"a\":1}\n", 7) == Records{R"(0!{"a":12)", R"(1:{"a":1})"});
  CHECK(split("{\n\"a\":\n1234567\n}\n{}\n", 7) == Records{"0!{\n\"a\":", "4:{}"});
  CHECK(split("garbage that goes on\n{}\n", 7) == Records{"0!garbage", "1:{}"});
}

TEST_CASE("of a record that is too long no more is kept than its beginning") {
  RecordSplitter splitter(10);
  std::vector<SplitRecord> found;
  splitter.feed("{\"a\":\"", found);
  for (int i = 0; i < 1000; ++i) splitter.feed(std::string(1000, 'x'), found);
  splitter.feed("\"}\n", found);

  REQUIRE(found.size() == 1);
  CHECK(found[0].truncated);
  CHECK(found[0].bytes == "{\"a\":\"xxxx");
}

TEST_CASE("the size of the pieces changes nothing") {
  const std::string text =
      "\xEF\xBB\xBF\n{\"a\":1}\r\n\r\n{\n \"b\": \"\\\"}\\\\\"\n}\n garbage "
      "\n{\"c\":\"x\n{\"d\":[\n{\"e\":1}{}\n"
      "{\"too long\":\"0123456789012345678901234567890\"}\n\t{\"f\":\n[1]}\n\xEF\xBB\xBF{}\n{\"open\":";
  const Records at_once = split(text, 40);

  REQUIRE(at_once.size() == 10);
  for (std::size_t piece_size = 1; piece_size < text.size(); ++piece_size) {
    CAPTURE(piece_size);
    CHECK(split(text, 40, piece_size) == at_once);
  }
}

TEST_CASE("after finish a splitter is ready for another text") {
  RecordSplitter splitter(no_limit);
  std::vector<SplitRecord> found;
  splitter.feed("\n\n{\"a\":[", found);
  splitter.finish(found);
  splitter.feed("\xEF\xBB\xBF]\n{}", found);
  splitter.finish(found);

  REQUIRE(found.size() == 3);
  CHECK(found[1].bytes == "]");
  CHECK(found[1].line == 0);
  CHECK(found[2].line == 1);
}

TEST_CASE("an empty piece changes nothing") {
  RecordSplitter splitter(no_limit);
  std::vector<SplitRecord> found;
  for (const std::string_view piece : {"", "{", "", "}", "", "\n", ""}) splitter.feed(piece, found);
  splitter.finish(found);

  REQUIRE(found.size() == 1);
  CHECK(found[0].bytes == "{}");
}

}  // namespace alarum

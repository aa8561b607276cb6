#include "daemon/base/json_node.h"

#include "daemon/base/json_writer.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

constexpr JsonNodeLimits limits{.bytes_max = 4U << 20U, .depth_max = 4};

/// What is wrong with `text`; empty where nothing is.
std::string problem(std::string_view text) {
  const auto read = parse_json(text, limits);
  return read ? "" : read.error().message;
}

/// The text that `json` says.
std::string text_of(std::string_view json) {
  const auto read = parse_json(json, limits);
  INFO((read ? "" : read.error().message));
  REQUIRE(read.has_value());
  REQUIRE(read->is_text());
  return read->text;
}

}  // namespace

TEST_CASE("a tree of JSON holds members in their order, and numbers as they are written") {
  const auto read = parse_json(R"( {"b":[1,-0.50e3,true,null],"a":{"":"x"}} )", limits);

  REQUIRE(read.has_value());
  REQUIRE(read->members.size() == 2);
  CHECK(read->members.front().name == "b");
  const auto& items = read->find("b")->items;
  REQUIRE(items.size() == 4);
  CHECK(items[0].as_integer() == 1);
  CHECK(items[1].text == "-0.50e3");
  CHECK_FALSE(items[1].as_integer().has_value());
  CHECK(items[2].text == "true");
  CHECK(items[3].is_null());
  CHECK(read->find("a")->find("")->text == "x");
  CHECK(read->find("c") == nullptr);
}

TEST_CASE("escapes of JSON stand for their bytes, surrogate pairs and NUL included") {
  CHECK(text_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(text_of(R"("a\u0000b")") == std::string("a\0b", 3));
  CHECK(text_of(R"("\ud83d\udD25\u00e9\u202e")") == "\xF0\x9F\x94\xA5\xC3\xA9\xE2\x80\xAE");
}

TEST_CASE("what JsonWriter has written is read as the same bytes") {
  std::string hostile = "' OR 1=1;-- \x1b[2J\r\n\t{{x}} $(reboot) `id` \xE2\x80\xAE \xF0\x9F\x94\xA5 \\u0041";
  hostile += std::string("\0\x01\x7F", 3) + std::string(1U << 20U, 'x');
  std::string json;
  JsonWriter(json).text(hostile);

  CHECK(text_of(json) == hostile);
}

TEST_CASE("what is no JSON is refused with its place") {
  CHECK(problem("") == "byte 0: ends where a value is expected");
  CHECK(problem("{\"a\":1} x") == "byte 8: something follows the value");
  CHECK(problem(R"({"a":1,"\u0061":2})") == "byte 15: a name comes twice in one object");
  CHECK(problem(R"({"a" 1})") == "byte 5: ':' is expected");
  CHECK(problem(R"({a:1})") == "byte 1: a name in quotes is expected");
  CHECK(problem(R"({"a":1,})") == "byte 7: a name in quotes is expected");
  CHECK(problem("[1 2]") == "byte 3: ',' or ']' is expected");
  CHECK(problem("[1,]") == "byte 3: no value begins so");
  CHECK(problem("01") == "byte 0: no value begins so");
  CHECK(problem("nul") == "byte 0: no value begins so");
  CHECK(problem("\"a") == "byte 2: ends within a text");
  CHECK(problem("\"a\nb\"") == "byte 2: a control character has to be escaped");
  CHECK(problem("\"\xff\"") == "byte 1: not UTF-8");
  CHECK(problem(R"("\x41")") == "byte 2: no escape is written so");
  CHECK(problem(R"("\u12")") == "byte 3: four hex digits are expected");
  CHECK(problem(R"("\ud83d")") == "byte 7: half a surrogate pair");
  CHECK(problem(R"("\ud83d\u0041")") == "byte 13: half a surrogate pair");
  CHECK(problem(R"("\udd25")") == "byte 7: half a surrogate pair");
  CHECK(problem("[[[[[1]]]]]") == "byte 5: nested too deep");
  CHECK(problem(std::string((4U << 20U) + 1, ' ')) == "longer than 4194304 bytes");
  CHECK(problem(std::string("1\0", 2)) == "byte 0: no value begins so");
}

TEST_CASE("whole numbers are those that fit") {
  const auto integer = [](std::string_view text) { return parse_json(text, limits)->as_integer(); };

  CHECK(integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(integer("9223372036854775808").has_value());
  CHECK_FALSE(integer("1.0").has_value());
  CHECK_FALSE(integer("\"1\"").has_value());
}

}  // namespace alarum

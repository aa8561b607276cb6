// Records that somebody damaged or made up: each has one outcome, and it is the one that is documented.
#include "daemon/event/json_decoder.h"
#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using namespace std::string_literals;

std::string read(std::string bytes) { return test::JsonWorld().read(std::move(bytes)); }

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a record of nothing but white space is empty") {
  CHECK(read("") == "empty");
  CHECK(read(" \t\r\n ") == "empty");
}

TEST_CASE("bytes that are no UTF-8 make a record not_utf8") {
  const std::string bad = GENERATE("\xFF"s,              // no such byte
                                   "\xC3"s,              // half a character
                                   "\x80"s,              // a follower alone
                                   "\xC0\xAF"s,          // overlong
                                   "\xE0\x80\xAF"s,      // overlong
                                   "\xED\xA0\x80"s,      // a surrogate
                                   "\xF4\x90\x80\x80"s,  // above U+10FFFF
                                   "\xF0\x9F\x98"s);     // three of four bytes

  CHECK(read("{\"a\":\"" + bad + "\"}") == "not_utf8");
  CHECK(read("{\"" + bad + "\":1}") == "not_utf8");
  CHECK(read("{\"a\":" + bad + "}") == "not_utf8");
  CHECK(read(bad) == "not_utf8");
  CHECK(read("{\"a\":\"\x01" + bad + "\"}") == "not_utf8");
}

TEST_CASE("garbage is not_utf8 or not_object") {
  CHECK(read("\xDE\xAD\xBE\xEF") == "not_utf8");
  CHECK(read("garbage") == "not_object");
  CHECK(read("<Event></Event>") == "not_object");
  CHECK(read("\0\0\0\0"s) == "not_object");
  CHECK(read("\xFF\xFE{\0}\0"s) == "not_utf8");  // UTF-16
}

TEST_CASE("JSON that is no object is not_object") {
  const std::string text =
      GENERATE("[]", "[{\"a\":1}]", "1", "\"a\"", "null", "true", "\"{\"", "}", ",", ":");
  CHECK(read(text) == "not_object");
}

TEST_CASE("a record that ends too early is cut_off") {
  const std::string whole = R"({"a":{"b":["x",1]},"c":"y\"z"})";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read(whole.substr(0, size)) == "cut_off");
  }
}

TEST_CASE("brackets, colons and commas out of place are malformed") {
  const std::string text = GENERATE(R"({"a" 1})", R"({"a":1 "b":2})", R"({"a":1,})", R"({,"a":1})",
                                    R"({"a":[1,]})", R"({"a":[,1]})", R"({"a":[1 2]})", R"({"a":})",
                                    R"({"a"})", R"({"a":1,,"b":2})", R"({"a"::1})", R"({"a":1])",
                                    R"({"a":[1})"
                                    "}",
                                    R"({a:1})", R"({1:1})", R"({"a":1:2})", R"({"a":"x""y"})",
                                    R"({"a":tr"u"e})", R"({"a":"x"y})", R"({null:1})", R"({"a":\u0031})");
  CAPTURE(text);
  CHECK(read(text) == "malformed");
}

TEST_CASE("a bracket of the other kind closes nothing twice") {
  CHECK(read(R"({"a":[1})") == "cut_off");
  CHECK(read(R"({"a":1]})") == "trailing_data");
  CHECK(read(R"({"a":[}]})") == "trailing_data");
}

TEST_CASE("something after the object is trailing_data") {
  const std::string text = GENERATE(R"({"a":1}{"b":2})", R"({"a":1} {"b":2})", R"({"a":1},)", R"({} x)",
                                    R"({}})", R"({}[])", R"({} "x")", "{}\n{}");
  CAPTURE(text);
  CHECK(read(text) == "trailing_data");
  CHECK(read("{}\0"s) == "trailing_data");
}

TEST_CASE("a string that never ends is cut_off") {
  CHECK(read(R"({"a":"x)") == "cut_off");
  CHECK(read(R"({"a":"x})") == "cut_off");
  CHECK(read(R"({"a":"x\"})") == "cut_off");
  CHECK(read(R"({"a":1,"b)") == "cut_off");
}

TEST_CASE("a quote behind an odd run of backslashes ends no string") {
  CHECK(read(R"({"a":"\\"})") == R"(a="\\")");
  CHECK(read(R"({"a":"x\""})") == R"(a="x\"")");
  CHECK(read(R"({"a":"x\\\""})") == R"(a="x\\\"")");
  for (std::size_t count = 1; count < 200; ++count) {
    CAPTURE(count);
    const std::string text = R"({"a":")" + repeat("\\", count) + R"(","b":1})";
    CHECK(read(text) == (count % 2 == 0 ? R"(a=")" + repeat("\\", count) + R"(" b=1)" : "cut_off"));
  }
}

TEST_CASE("a backslash at the very end is cut_off") {
  CHECK(read(R"({"a":"\)") == "cut_off");
  CHECK(read(R"({"a":\)") == "cut_off");
  CHECK(read(R"({"a":"x"\)") == "cut_off");
}

TEST_CASE("a backslash outside of strings is malformed or cut_off, never an event") {
  CHECK(read(R"({"a":"b"\,"c":1})") == "malformed");
  CHECK(read(R"({\"a":1})") == "malformed");
  CHECK(read(R"({"a":"abc"\"})") == "cut_off");
  CHECK(read(R"({"a":x\"y"})") == "malformed");
}

TEST_CASE("a raw NUL inside a string makes the value invalid") {
  CHECK(read("{\"a\":\"x\0y\",\"b\":1}"s) == "a= b=1 !invalid");
  CHECK(read("{\"a\0\":1,\"b\":1}"s) == "b=1 !invalid");
}

TEST_CASE("a raw NUL outside of strings is malformed where a value has to be") {
  CHECK(read("{\"a\":\0}"s) == "malformed");
  CHECK(read("{\"a\":1,\"a\":\0}"s) == "malformed");
  CHECK(read("{\"a\":[\0]}"s) == "malformed");
  CHECK(read("{\0\"a\":1}"s) == "malformed");
}

TEST_CASE("an escaped NUL is a character like any other") {
  CHECK(read(R"({"a":"x\u0000y","b\u0000":1})") == "a=\"x\\u0000y\" b\0=1"s);
}

TEST_CASE("nesting is allowed up to the limit and not beyond") {
  test::JsonWorld world({.bytes_max = 1000, .depth_max = 3});

  CHECK(world.read(R"({"a":{"b":{"c":1}}})") == "a={ a.b={ a.b.c=1");
  CHECK(world.read(R"({"a":{"b":{"c":{}}}})") == "too_deep");
  CHECK(world.read(R"({"a":[[1]]})") == "a=1");
  CHECK(world.read(R"({"a":[[[]]]})") == "too_deep");
  CHECK(world.read(R"({"a":1,"a":[[1]]})") == "a=1 !duplicate");
  CHECK(world.read(R"({"a":1,"a":[[[]]]})") == "too_deep");
}

TEST_CASE("a depth of ten thousand is too_deep, whatever it is made of") {
  constexpr std::size_t depth = 10000;
  const std::string open = GENERATE(R"({"a":)", "[", R"([{"a":)", R"({"a":[)");
  const std::string deep = R"({"a":)" + repeat(open, depth);

  CHECK(read(deep) == "too_deep");
  CHECK(read(R"({"x":1,"x":)" + repeat(open, depth)) == "too_deep");
  CHECK(read(R"({"\ud800":)" + repeat(open, depth)) == "too_deep");
}

TEST_CASE("brackets that close are no depth") {
  CHECK(read(R"({"a":[)" + repeat("[],", 10000) + "1]}") == "a=1");
  CHECK(read(R"({"a":")" + repeat("[", 10000) + "\"}").size() == 10004);
}

TEST_CASE("a value and a key of a megabyte are read like short ones") {
  const std::string text(1U << 20U, 'x');
  CHECK(read("{\"a\":\"" + text + "\"}") == "a=\"" + text + "\"");
  CHECK(read("{\"" + text + "\":1}") == text + "=1");
  CHECK(read("{\"a\":" + std::string(1U << 20U, '1') + "}") == "a=" + std::string(1U << 20U, '1'));
}

TEST_CASE("a hundred thousand members are a hundred thousand fields") {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 100000; ++i) text += ",\"m" + std::to_string(i) + "\":" + std::to_string(i);
  test::JsonWorld world({.values_max = 100000});
  world.read(text + "}");

  REQUIRE(world.document().fields.size() == 100000);
  CHECK(test::field_text(world.document(), world.document().fields[99999]) == "m99999=99999");
}

TEST_CASE("a hundred thousand objects in an array give one field with as many values") {
  test::JsonWorld world({.values_max = 200000});  // each object is a value of `a`, too
  world.read(R"({"a":[)" + repeat(R"({"b":1},)", 99999) + R"({"b":1}]})");

  REQUIRE(world.document().fields.size() == 2);
  CHECK(world.document().fields[1].value_count == 100000);
  CHECK_FALSE(world.document().has_duplicate_name);
}

TEST_CASE("the same name a hundred thousand times counts once") {
  CHECK(read("{" + repeat(R"("a":1,)", 100000) + R"("b":2})") == "a=1 b=2 !duplicate");
}

TEST_CASE("a record of more values than the limit is too_many_values, one at the limit is not") {
  test::JsonWorld world({.values_max = 3});
  CHECK(world.read(R"({"a":[1,2,3]})") == "a=1,2,3");
  CHECK(world.read(R"({"a":[1,2,3,4]})") == "too_many_values");
  CHECK(world.read(R"({"a":1,"b":2,"c":3,"d":4})") == "too_many_values");
  CHECK(world.read(R"({"a":[{},{},{}],"b":{}})") == "too_many_values");
  CHECK(world.read(R"({"a":[1,2,null,nonsense,3],"b":null,"a":4})") ==
        "a=1,2,3null b=null !invalid !duplicate");
}

TEST_CASE("an array of a million elements is too_many_values") {
  CHECK(read(R"({"a":[)" + repeat("1,", 999999) + "1]}") == "too_many_values");
}

TEST_CASE("a record over the size limit is too_large, one at the limit is not") {
  test::JsonWorld world({.bytes_max = 7, .depth_max = 100});
  CHECK(world.read(R"({"a":1})") == "a=1");
  CHECK(world.read(R"({"a":12})") == "too_large");
  CHECK(world.read("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF") == "too_large");
}

TEST_CASE("a record whose names are in full longer than records may be is too_large") {
  const auto record = [](std::size_t names) {
    std::string members;
    for (std::size_t i = 0; i < names; ++i) members += ",\"" + std::to_string(i) + "\":1";
    return "{\"" + repeat("n", 90) + "\":{" + members.substr(1) + "}}";
  };
  test::JsonWorld world({.bytes_max = 1000, .depth_max = 100});
  CHECK(world.read(record(9)).starts_with("nnn"));  // 90 + 9 * 92
  CHECK(world.read(record(10)) == "too_large");
  CHECK(test::JsonWorld().read("{\"" + repeat("n", 1000000) + "\":{" + repeat("\"a\":1,", 100000) +
                               "\"a\":1}}") == "too_large");
}

TEST_CASE("of several reasons the size comes first, then UTF-8, then that it is no object") {
  test::JsonWorld world({.bytes_max = 7, .depth_max = 1});
  CHECK(world.read("        ") == "empty");
  CHECK(world.read("[\xFF       ") == "too_large");
  CHECK(world.read("[\xFF") == "not_utf8");
  CHECK(world.read("[[[") == "not_object");
  CHECK(world.read("{\"a\":[") == "too_deep");
  CHECK(world.read("{}}[[") == "trailing_data");
}

TEST_CASE("a decoder's buffers grow with the record") {
  test::JsonWorld world;
  for (const std::size_t size : {10U, 100000U, 20U, 300000U}) {
    const std::string text(size, 'y');
    CHECK(world.read("{\"a\":\"" + text + "\"}") == "a=\"" + text + "\"");
  }
}

}  // namespace alarum

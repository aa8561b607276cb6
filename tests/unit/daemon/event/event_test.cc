#include "daemon/event/event.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using Kind = FieldValue::Kind;

std::string values(std::string bytes) {
  return test::EventWorld("product=x", {"a"}).values(std::move(bytes), "a");
}
bool exists(std::string bytes) { return test::EventWorld("product=x", {"a"}).exists(std::move(bytes), "a"); }
std::string all_values(std::string bytes) {
  return test::EventWorld("product=x", {}).all_values(std::move(bytes));
}

/// The first value of field `a`. Owns its texts.
struct Read {
  Kind kind;
  std::string text;
  std::string folded;
};
Read first(std::string bytes) {
  test::EventWorld world("product=x", {"a"});
  REQUIRE(world.decode(std::move(bytes)));
  const auto seen = world.event().values(world.id("a"));
  REQUIRE_FALSE(seen.empty());
  return {seen.front().kind, std::string(seen.front().text), std::string(seen.front().folded)};
}

}  // namespace

TEST_CASE("a value has its kind, and numbers and booleans their spelling") {
  CHECK(first(R"({"a":"x"})").kind == Kind::text);
  CHECK(first(R"({"a":1.50})").kind == Kind::number);
  CHECK(first(R"({"a":1.50})").text == "1.50");
  CHECK(first(R"({"a":true})").kind == Kind::boolean);
  CHECK(first(R"({"a":true})").text == "true");
  CHECK(first(R"({"a":{"b":1}})").kind == Kind::object);
  CHECK(first(R"({"a":{"b":1}})").text.empty());
}

TEST_CASE("text is unescaped when it is read") {
  CHECK(first(R"({"a":"C:\\x\u0041\n"})").text == "C:\\xA\n");
}

TEST_CASE("text is folded by simple case folding") {
  CHECK(first(R"({"a":"ABC xyz"})").folded == "abc xyz");
  CHECK(first(R"({"a":"ÄÖÜ ΣΑΣ Привет"})").folded == "äöü σασ привет");
  CHECK(first(R"({"a":"\u00C4"})").folded == "ä");
  CHECK(first(R"({"a":"Straße"})").folded == "straße");
  CHECK(first(R"({"a":"ABC"})").text == "ABC");
  CHECK(first(R"({"a":1E5})").folded == "1e5");
}

TEST_CASE("a field has every element of its array") {
  CHECK(values(R"({"a":["x",1,[true,"y"]]})") == "[x][1][true][y]");
  CHECK(values(R"({"a":["x",null,"y"]})") == "[x][y]");
  CHECK(values(R"({"a":[{"b":1},"x"]})") == "{}[x]");
}

TEST_CASE("a missing field, a null and an empty array have no values") {
  CHECK(values(R"({"b":1})").empty());
  CHECK(values(R"({"a":null})").empty());
  CHECK(values(R"({"a":[]})").empty());
  CHECK(values(R"({"a":[null]})").empty());
}

TEST_CASE("a value that is no JSON makes its field absent") {
  CHECK(values(R"({"a":01})").empty());
  CHECK_FALSE(exists(R"({"a":01})"));
  CHECK_FALSE(exists(R"({"a":"\ud800"})"));
}

TEST_CASE("a field is there where it has a value or a null") {
  CHECK(exists(R"({"a":""})"));
  CHECK(exists(R"({"a":null})"));
  CHECK(exists(R"({"a":[null]})"));
  CHECK(exists(R"({"a":{}})"));
  CHECK_FALSE(exists(R"({"a":[]})"));
  CHECK_FALSE(exists(R"({"b":{"a":1}})"));
}

TEST_CASE("an object that is there counts as one value without text") {
  CHECK(values(R"({"a":{}})") == "{}");
  CHECK(values(R"({"a":[{},{}]})") == "{}{}");
}

TEST_CASE("fields below an object are read by their dotted name") {
  test::EventWorld world("product=x", {"a.b", "a"});
  CHECK(world.values(R"({"a":{"b":"x"}})", "a.b") == "[x]");
  CHECK(world.values(R"({"a":[{"b":"x"},{"b":"y"}]})", "a.b") == "[x][y]");
  CHECK(world.values(R"({"a.b":"x"})", "a.b") == "[x]");
}

TEST_CASE("all values are every scalar, in the record's order, whatever its name") {
  CHECK(all_values(R"({"x":"p","y":{"z":[1,null,true]},"w":{}})") == "[p][1][true]");
  CHECK(all_values(R"({"x":"\n\"","y":01})") == "[\n\"]");
  CHECK(all_values("{}").empty());
}

TEST_CASE("asking again gives the same") {
  test::EventWorld world("product=x", {"a"});
  REQUIRE(world.decode(R"({"a":["X\n","Y"]})"));
  Event& event = world.event();

  const auto first_time = event.values(world.id("a"));
  event.all_values();
  const auto second_time = event.values(world.id("a"));
  CHECK(first_time.data() == second_time.data());
  CHECK(second_time[0].text == "X\n");
  CHECK(second_time[0].folded == "x\n");
  CHECK(event.all_values().size() == 2);
}

TEST_CASE("all values are those of this event and not of the one before") {
  test::EventWorld world("product=x", {});
  CHECK(world.all_values(R"({"a":"x"})") == "[x]");
  CHECK(world.all_values("{}").empty());
  CHECK(world.all_values(R"({"b":"y"})") == "[y]");
}

TEST_CASE("the entry of a field is the one that its value comes from") {
  test::EventWorld world("windows", {"Image"});
  REQUIRE(world.decode(R"({"Image":null,"NewProcessName":"b"})"));
  const JsonField* const found = world.event().find(world.id("Image"));

  REQUIRE(found != nullptr);
  CHECK(found->name == "NewProcessName");
  REQUIRE(world.decode(R"({"Image":null})"));
  CHECK(world.event().find(world.id("Image")) == nullptr);
}

TEST_CASE("a raw and an escaped NUL: the text with the escape has one, the raw one is no text") {
  using namespace std::string_literals;
  CHECK(first(R"({"a":"x\u0000y"})").text == "x\0y"s);
  CHECK(first(R"({"a":"X\u0000Y"})").folded == "x\0y"s);
  CHECK(values("{\"a\":\"x\0y\"}"s).empty());
}

TEST_CASE("the words for where a time comes from") {
  CHECK(time_basis_name(TimeBasis::event) == "event");
  CHECK(time_basis_name(TimeBasis::record) == "record");
  CHECK(time_basis_name(TimeBasis::unknown) == "unknown");
}

}  // namespace alarum

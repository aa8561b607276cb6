// Places inside scalars, which differ from their source by quotes, escapes, folding and indentation.
#include "tests/unit/config/yaml_world.h"

namespace alarum::test {
namespace {

/// Where `wanted` stands in the file, by way of its offset in the text of member `a`.
std::string place_of(const std::string& yaml, std::string_view wanted) {
  const YamlWorld world(yaml);
  const std::size_t offset = world.at("a").text.find(wanted);
  REQUIRE(offset != std::string::npos);
  return world.place_in("a", offset);
}

}  // namespace

TEST_CASE("a place in a plain scalar is counted in characters") {
  CHECK(place_of("a: one two", "one") == "1:4");
  CHECK(place_of("a: one two", "two") == "1:8");
  CHECK(place_of("a: \xC3\xA4\xC3\xB6 two", "two") == "1:7");
}

TEST_CASE("a place in a plain scalar over several lines is in its line") {
  CHECK(place_of("a: one\n   two\n\n     three", "two") == "2:4");
  CHECK(place_of("a: one\n   two\n\n     three", "three") == "4:6");
}

TEST_CASE("a place in a quoted scalar is behind its quote") {
  CHECK(place_of("a: 'one two'", "one") == "1:5");
  CHECK(place_of("a: \"one two\"", "two") == "1:9");
  CHECK(place_of("a: \"one\n  two\"", "two") == "2:3");
}

TEST_CASE("a doubled single quote counts twice") { CHECK(place_of("a: 'it''s x'", "x") == "1:11"); }

TEST_CASE("what follows an escape is where it stands in the file") {
  CHECK(place_of(R"(a: "\"\\x")", "x") == "1:9");
  CHECK(place_of(R"(a: "one\ttwo")", "two") == "1:10");
  CHECK(place_of(R"(a: "\x41\u00e9\U0001F600 x")", "x") == "1:26");
  CHECK(place_of(R"(a: "\N\_\L\P x")", "x") == "1:14");
  CHECK(place_of("a: \"one\\\n  two\"", "two") == "2:3");
}

TEST_CASE("a place in an escape is the start of the escape") {
  CHECK(place_of(R"(a: "x\x41y")", "A") == "1:6");
  CHECK(place_of(R"(a: "x\u00e9y")", "\xA9") == "1:6");
}

TEST_CASE("a place in a literal block scalar is in its line") {
  CHECK(place_of("a: |\n  one\n  two\n", "one") == "2:3");
  CHECK(place_of("a: |\n  one\n  two\n", "two") == "3:3");
  CHECK(place_of("a: |-  # comment o\n\n    one\n      two\n", "two") == "4:7");
  CHECK(place_of("a: |\r\n  one\r\n  two\r\n", "two") == "3:3");
}

TEST_CASE("a place in a folded block scalar is in its line") {
  CHECK(place_of("a: >\n  one\n  two three\n\n  four\n", "three") == "3:7");
  CHECK(place_of("a: >\n  one\n  two three\n\n  four\n", "four") == "5:3");
}

TEST_CASE("the end of the text is behind its last character") {
  CHECK(YamlWorld("a: one").place_in("a", 3) == "1:7");
  CHECK(YamlWorld("a: 'one'").place_in("a", 3) == "1:8");
  CHECK(YamlWorld("a: one").place_in("a", 1000) == "1:7");
}

TEST_CASE("a place in an empty scalar is where it stands") {
  CHECK(YamlWorld("a:\n").place_in("a", 0) == "1:3");
  CHECK(YamlWorld("a: ''").place_in("a", 0) == "1:5");
}

}  // namespace alarum::test

#include "config/yaml_writer.h"

#include "tests/unit/config/yaml_world.h"

namespace alarum::test {
namespace {

using namespace std::string_literals;

/// Whether `text` reads back as it was, alone and in a list.
void check_round_trip(const std::string& text) {
  CAPTURE(text);
  const std::vector<std::string_view> texts = {text, "x"};
  const YamlWorld world("one: " + yaml_scalar(text) + "\nmany: " + yaml_list(texts) + "\n");
  CHECK(world.at("one").text == text);
  REQUIRE(world.at("many").items.size() == 2);
  CHECK(world.at("many").items.front().text == text);
}

}  // namespace

TEST_CASE("a plain word stays plain and a list stands in one line") {
  CHECK(yaml_scalar("8MiB") == "8MiB");
  CHECK(yaml_list(std::vector<std::string_view>{"/a", "/b"}) == "[/a, /b]");
  CHECK(yaml_list({}) == "[]");
}

TEST_CASE("text that YAML would read otherwise is quoted and reads back") {
  for (const std::string text :
       {"",    " ",    " x ", "a: b", "a #b", "#a", "- a", "[a",   "{a",    "*a",  "&a",  "!a",   "'a",
        "\"a", "a, b", "%a",  "@a",   "`a",   "?",  "? a", "a\\b", "C:\\x", "---", "...", "null", "~"}) {
    check_round_trip(text);
  }
}

TEST_CASE("control characters and characters beyond ASCII read back") {
  for (const std::string& text : {"a\nb"s, "a\tb"s, "\x1B[2J"s, "a\0b"s, "\xC3\xA4"s, "\xF0\x9F\x98\x80"s,
                                  "\xEF\xBB\xBFx"s, "a\r\nb"s}) {
    check_round_trip(text);
  }
}

TEST_CASE("a long text stays in one line") {
  const std::string text = "word " + std::string(500, 'x') + " word";

  CHECK(yaml_scalar(text).find('\n') == std::string::npos);
  check_round_trip(text);
}

}  // namespace alarum::test

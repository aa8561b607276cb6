// What hostile and broken files do: each is refused at its place, quickly, and for a reason of a closed set.
#include "tests/unit/config/yaml_world.h"

#include <string>

namespace alarum::test {
namespace {

using namespace std::string_literals;

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

/// Mappings inside each other, one level a line.
std::string nested_mappings(std::size_t depth) {
  std::string out;
  for (std::size_t i = 0; i < depth; ++i) out += std::string(i, ' ') + "a:\n";
  return out;
}

const std::string no_anchors =
    "yaml_anchor: anchors are not allowed in rules and configuration (leave out '&…'; a value that begins "
    "with "
    "'&' needs quotes)";
const std::string no_aliases =
    "yaml_alias: aliases are not allowed in rules and configuration (put text that begins with * into "
    "quotes; what an alias stands for, write out)";

}  // namespace

TEST_CASE("an ampersand that begins no anchor is a syntax error at its place") {
  CHECK(problems_of("&&,&&") ==
        "1:2 yaml_syntax: did not find expected alphabetic or numeric character (while scanning an anchor in "
        "line 1)");
  CHECK(problem_of("a: &&,&&") == "1:5 yaml_syntax");
}

TEST_CASE("an open quote is a syntax error at the end of the file that names the line it was opened in") {
  const std::string message = "found unexpected end of stream (while scanning a quoted scalar in line 2)";

  CHECK(problems_of("a: 1\nb: 'x") == "2:6 yaml_syntax: " + message);
  CHECK(problems_of("a: 1\nb: \"x") == "2:6 yaml_syntax: " + message);
  CHECK(problems_of("a: 1\nb: 'x\nc: 2\n") == "4:1 yaml_syntax: " + message);
  CHECK(problems_of("a: 1\nb: \"x\nc: 2\n") == "4:1 yaml_syntax: " + message);
}

TEST_CASE("anchors and aliases are refused, defined or not") {
  CHECK(problems_of("a: &x 1\nb: *x\n") == "1:4 " + no_anchors + "\n2:4 " + no_aliases);
  CHECK(problems_of("a: &x [1]") == "1:4 " + no_anchors);
  CHECK(problems_of("a: &x {b: 1}") == "1:4 " + no_anchors);
  CHECK(problems_of("a: *nowhere") == "1:4 " + no_aliases);
  CHECK(problems_of("*key : 1") == "1:1 " + no_aliases);
}

TEST_CASE("an alias inside its own anchor ends") {
  CHECK(problems_of("&a [*a]") == "1:1 " + no_anchors + "\n1:5 " + no_aliases);
}

TEST_CASE("an alias bomb is refused without being unfolded") {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before + "]\n";
  }

  CHECK(YamlWorld(bomb).problems().size() == 101);
}

TEST_CASE("tags are refused, on scalars, collections and keys") {
  const std::string message =
      " yaml_tag: tags are not allowed in rules and configuration (leave out '!…'; a value that begins with "
      "'!' "
      "needs quotes)";

  CHECK(problems_of("a: !!python/object:os.system [x]") == "1:4" + message);
  CHECK(problems_of("a: ! y") == "1:4" + message);
  CHECK(problems_of("a: !x 1\n!!str b: !!map {}\n") ==
        "1:4" + message + "\n2:1" + message + "\n2:10" + message);
}

TEST_CASE("a duplicate key is refused at every depth, with the line of the first") {
  const std::string hint = " (give the two different names, or make their values one list)";

  CHECK(problems_of("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\n") ==
        "5:3 yaml_duplicate_key: the key 'c' is there already, in line 3" + hint +
            "\n6:1 yaml_duplicate_key: the key 'a' is there already, in line 1" + hint);
  CHECK(problem_of("[{'a': 1, \"a\": 2}]") == "1:11 yaml_duplicate_key");
}

TEST_CASE("a key that is no scalar is refused") {
  CHECK(problems_of("[a]: 1\n{b: 1}: 2\n? - c\n: 3\n") ==
        "1:1 yaml_key: a key must be text, not a list\n2:1 yaml_key: a key must be text, not a mapping\n"
        "3:3 yaml_key: a key must be text, not a list");
}

TEST_CASE("a tab as indentation is refused with words that say so") {
  for (const std::string text : {"a:\n\tb: 1\n", "a:\n- b\n\t- c\n", "a: |\n\tx\n", "a: 1\n\tb: 2\n"}) {
    CAPTURE(text);
    const YamlWorld world(text);
    CHECK(world.problem().ends_with(":1 yaml_syntax"));
    CHECK(world.problems().front().hint == "YAML is indented with spaces; this is a tab");
  }
}

TEST_CASE("collections nest 64 levels deep and no deeper") {
  CHECK(YamlWorld(repeated("[", 64) + repeated("]", 64)).problems().empty());
  CHECK(problems_of(repeated("[", 10'000)) == "1:65 yaml_too_deep: nested deeper than 64 levels");
  CHECK(problem_of(repeated("{a: ", 10'000)) == "1:257 yaml_too_deep");
  CHECK(problem_of(repeated("- ", 10'000)) == "1:129 yaml_too_deep");
  CHECK(problem_of(repeated("? ", 10'000)) == "1:129 yaml_too_deep");
}

TEST_CASE("block mappings nest 64 levels deep and no deeper") {
  CHECK(YamlWorld(nested_mappings(64)).problems().empty());
  CHECK(problem_of(nested_mappings(65)) == "65:65 yaml_too_deep");
}

TEST_CASE("a file above the limit of bytes is refused as a whole") {
  const YamlWorld world(std::string(std::size_t{5} << 20U, 'a'));

  CHECK(world.problem_text() == "0:0 yaml_too_large: the file is larger than 4194304 bytes");
  CHECK(world.problems().front().to_text() == "file.yml: the file is larger than 4194304 bytes");
}

TEST_CASE("limits can be set, and hold at their value") {
  CHECK(YamlWorld("[[x]]", {.bytes_max = 5, .depth_max = 2}).problems().empty());
  CHECK(YamlWorld("[[x]]", {.bytes_max = 4, .depth_max = 2}).problem() == "0:0 yaml_too_large");
  CHECK(YamlWorld("[[x]]", {.bytes_max = 5, .depth_max = 1}).problem() == "1:2 yaml_too_deep");
}

TEST_CASE("a megabyte of one rule is read whole") {
  std::string rule = "title: x\ndetection:\n  selection:\n    Image:\n";
  std::size_t count = 0;
  for (; rule.size() < std::size_t{1} << 20U; ++count) {
    rule += "      - 'value " + std::to_string(count) + "'\n";
  }

  const YamlWorld world(rule);

  CHECK(world.at("detection").find("selection")->find("Image")->items.size() == count);
}

TEST_CASE("a megabyte of anything gives two problems at most") {
  for (const std::string text : {"a\n", "---\n", "{a: [", "? ", "[? a,", "*a ", "'", "k: v,", "&a "}) {
    CAPTURE(text);
    CHECK(YamlWorld(repeated(text, (std::size_t{1} << 20U) / text.size())).problems().size() <= 2);
  }
}

TEST_CASE("bytes that are no UTF-8 are refused where they stand") {
  CHECK(problems_of("a: 1\nb: \xC3\xA4\xFF\n") ==
        "2:5 yaml_encoding: the file is not UTF-8 (save it as UTF-8)");
  CHECK(problem_of("a: \xC0\x80") == "1:4 yaml_encoding");
  CHECK(problem_of("a: \xED\xA0\x80") == "1:4 yaml_encoding");
  CHECK(problem_of("\xEF\xBB\xBF"
                   "a: \xFF") == "1:4 yaml_encoding");
}

TEST_CASE("UTF-16 is refused, in either byte order") {
  CHECK(problem_of("\xFF\xFE"
                   "a\0:\0 \0x\0"s) == "1:1 yaml_encoding");
  CHECK(problem_of("\xFE\xFF\0a\0:\0 \0x"s) == "1:1 yaml_encoding");
}

TEST_CASE("control characters are refused where they stand") {
  CHECK(problems_of("a: 1\nb: \xC3\xA4\0x\n"s) == "2:5 yaml_syntax: control characters are not allowed");
  CHECK(problem_of("a: 1\nb: '\x1B[2J'\n") == "2:5 yaml_syntax");
  CHECK(problem_of("\xEF\xBB\xBF"
                   "a: \x01") == "1:4 yaml_syntax");
}

TEST_CASE("a control character in a double-quoted escape is text") {
  CHECK(YamlWorld(R"(a: "\e\0")").at("a").text == "\x1B\0"s);
}

TEST_CASE("what other parsers let pass is a syntax error") {
  for (const std::string text : {"a: b: c", "- a\nb: c", "a: ]", "a: [1, 2", "a: {b: 1", "a: @x", "a: `x"}) {
    CAPTURE(text);
    CHECK(YamlWorld(text).problem().ends_with(" yaml_syntax"));
  }
}

TEST_CASE("an empty item in a flow list is a syntax error") {
  CHECK(problem_of("a: [1, , 2]") == "1:8 yaml_syntax");
}

TEST_CASE("all problems are reported, up to a hundred and a note that there are more") {
  const YamlWorld some(repeated("a: 1\n", 101));
  const YamlWorld many(repeated("a: 1\n", 102));

  CHECK(some.problems().size() == 100);
  CHECK(some.problems().back().position == Position{101, 1});
  REQUIRE(many.problems().size() == 101);
  CHECK(many.problems().back().to_text() == "file.yml: more problems of this file are not shown");
}

}  // namespace alarum::test

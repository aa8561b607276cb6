#include "config/yaml_source.h"

#include "tests/unit/config/yaml_world.h"

namespace alarum::test {
namespace {

/// The bytes of each document, in brackets.
std::string spans(const std::string& text) {
  const YamlWorld world(text);
  std::string out;
  for (const YamlDocument& document : world.documents()) {
    out += "[" + text.substr(document.start_offset, document.end_offset - document.start_offset) + "]";
  }
  return out;
}

}  // namespace

TEST_CASE("mappings, lists and scalars nest in block and in flow style") {
  CHECK(tree_of("a: 1\nb:\n  - x\n  - c: 'y'\n") == "{a: 1, b: [x, {c: \"y\"}]}");
  CHECK(tree_of("{a: 1, b: [x, {c: \"y\"}]}") == "{a: 1, b: [x, {c: \"y\"}]}");
  CHECK(tree_of("a:\n- x\n- y\n") == "{a: [x, y]}");
  CHECK(tree_of("[]") == "[]");
  CHECK(tree_of("a:\nb: {}\n") == "{a: , b: {}}");
}

TEST_CASE("comments are nothing, also inside a flow list") {
  CHECK(tree_of("# head\na: [# about it\n 1] # behind\nb: x#y\n") == "{a: [1], b: x#y}");
}

TEST_CASE("members keep the order of the file") {
  CHECK(tree_of("z: 1\na: 2\nm: 3") == "{z: 1, a: 2, m: 3}");
}

TEST_CASE("a member is found by its key") {
  const YamlWorld world("a: 1\nb: 2\n");

  CHECK(world.at("b").text == "2");
  CHECK(world.root().find("c") == nullptr);
  CHECK(world.at("a").find("b") == nullptr);
}

TEST_CASE("literal block scalars keep their line breaks, folded ones turn them into spaces") {
  CHECK(YamlWorld("a: |\n  one\n   two\n\n  three\n").at("a").text == "one\n two\n\nthree\n");
  CHECK(YamlWorld("a: |-\n  one\n  two\n\n").at("a").text == "one\ntwo");
  CHECK(YamlWorld("a: |+\n  one\n\n").at("a").text == "one\n\n");
  CHECK(YamlWorld("a: >\n  one\n  two\n\n  three\n").at("a").text == "one two\nthree\n");
  CHECK(YamlWorld("a: |2\n   one\n").at("a").text == " one\n");
}

TEST_CASE("quoted scalars say what their escapes say") {
  CHECK(YamlWorld("a: 'it''s \\n'").at("a").text == "it's \\n");
  CHECK(YamlWorld(R"(a: "\x41\u00e9\t\"\\")").at("a").text == "A\xC3\xA9\t\"\\");
  CHECK(YamlWorld("a: \"one\n  two\"").at("a").text == "one two");
  CHECK(YamlWorld("a: \"one\\\n  two\"").at("a").text == "onetwo");
}

TEST_CASE("backslashes outside double quotes are characters") {
  CHECK(YamlWorld("a: C:\\Windows\\new").at("a").text == "C:\\Windows\\new");
  CHECK(YamlWorld("a: '*\\\\*'").at("a").text == "*\\\\*");
}

TEST_CASE("lines may end with a carriage return as well") {
  CHECK(tree_of("a: 1\r\nb:\r\n  - 'x'\r\n") == "{a: 1, b: [\"x\"]}");
  CHECK(YamlWorld("a: |\r\n  one\r\n  two\r\n").at("a").text == "one\ntwo\n");
  CHECK(problem_of("a: 1\r\nb: 1\r\nb: 2\r\n") == "3:1 yaml_duplicate_key");
}

TEST_CASE("a byte order mark at the start of the file is nothing") {
  const YamlWorld world(
      "\xEF\xBB\xBF"
      "a: 1\nb: 2\n");

  CHECK(tree(world.root()) == "{a: 1, b: 2}");
  CHECK(world.root().start == Position{1, 1});
  CHECK(world.root().start_offset == 3);
  CHECK(world.documents().front().start_offset == 0);
}

TEST_CASE("an error in the first line stands at the right column behind a byte order mark") {
  CHECK(YamlWorld("\xEF\xBB\xBF"
                  "a: *x\n")
            .problems()
            .front()
            .to_text() ==
        "file.yml:1:4: aliases are not allowed in rules and configuration\n"
        "    a: *x\n"
        "       ^ put text that begins with * into quotes; what an alias stands for, write out");
}

TEST_CASE("every node knows where it starts and ends") {
  const YamlWorld world("key:\n  - one\n  - 'two'\n");
  const YamlNode& list = world.at("key");
  const YamlNode& two = list.items.at(1);

  CHECK(world.root().members.front().key.start == Position{1, 1});
  CHECK(list.start == Position{2, 3});
  CHECK(two.start == Position{3, 5});
  CHECK(two.end == Position{3, 10});
  CHECK(two.start_offset == 17);
  CHECK(two.end_offset == 22);
}

TEST_CASE("columns count characters and offsets count bytes") {
  const YamlWorld world("ключ: [\xC3\xA4, b]\n");
  const YamlNode& second = world.at("ключ").items.at(1);

  CHECK(second.start == Position{1, 11});
  CHECK(second.start_offset == 15);
}

TEST_CASE("a line ends where an editor ends it, not at U+2028, U+0085 or a single carriage return") {
  CHECK(problem_of("a: \"x\xE2\x80\xA8y\"\nb: 1\nb: 2\n") == "3:1 yaml_duplicate_key");
  CHECK(problem_of("a: \"x\xE2\x80\xA9y\"\nb: 1\nb: 2\n") == "3:1 yaml_duplicate_key");
  CHECK(problem_of("a: \"x\xC2\x85y\"\nb: 1\nb: 2\n") == "3:1 yaml_duplicate_key");
  CHECK(problem_of("a: 1\rb: 2\rb: 3\n") == "1:11 yaml_duplicate_key");
}

TEST_CASE("a file's only document is the whole file") {
  CHECK(spans("a: 1\n") == "[a: 1\n]");
  CHECK(spans("# head\n---\na: 1\n...\n# foot\n") == "[# head\n---\na: 1\n...\n# foot\n]");
  CHECK(spans("%YAML 1.2\n---\na: 1") == "[%YAML 1.2\n---\na: 1]");
}

TEST_CASE("documents meet without a gap") {
  CHECK(spans("a: 1\n---\nb: 2\n") == "[a: 1\n][---\nb: 2\n]");
  CHECK(spans("a: 1\n---\nb: 2\n...\n# c\n---\nc: 3\n") == "[a: 1\n][---\nb: 2\n...][\n# c\n---\nc: 3\n]");
}

TEST_CASE("an empty document is none, and its bytes belong to the next or to the last one") {
  CHECK(spans("---\n---\na: 1\n---\n...\n") == "[---\n---\na: 1\n---\n...\n]");
  CHECK(spans("a: 1\n---\n~\n---\nb: 2\n") == "[a: 1\n][---\n~\n---\nb: 2\n]");
}

TEST_CASE("a file without content has no document and no problem") {
  for (const std::string text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    CAPTURE(text);
    const YamlWorld world(text);
    CHECK(world.documents().empty());
    CHECK(world.problems().empty());
  }
}

TEST_CASE("documents before a syntax error are read") {
  const YamlWorld world("a: 1\n---\nb: [\n---\nc: 3\n");

  REQUIRE(world.documents().size() == 1);
  CHECK(tree(world.documents().front().root) == "{a: 1}");
  CHECK(world.problem() == "4:1 yaml_syntax");
}

}  // namespace alarum::test

#include "daemon/sigma/regex.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

bool finds(std::string_view expression, std::string_view text, const RegexOptions& options = {}) {
  const auto regex = Regex::compile(expression, options);
  REQUIRE(regex.has_value());
  return regex->matches(text);
}

// Modifiers appendix, Regular Expression: "Regex is matched case-sensitive by default".
TEST_CASE("an expression is case-sensitive") {
  CHECK(selects("A|re: ab+c", R"({"A": "abbc"})"));
  CHECK_FALSE(selects("A|re: ab+c", R"({"A": "ABBC"})"));
}

// pySigma and SigmaHQ's rules: searched for, not matched against the whole. The specification is silent.
TEST_CASE("an expression may match anywhere in the value") {
  CHECK(finds("b", "abc"));
  CHECK(finds("^abc$", "abc"));
  CHECK_FALSE(finds("^b", "abc"));
  CHECK(finds("", "abc"));
}

// pySigma: SigmaRegularExpression takes the plain text. `\\` is the expression's own escape.
TEST_CASE("an expression is taken as written, backslashes and wildcards included") {
  CHECK(selects(R"(A|re: 'C:\\Users\\.*')", R"({"A": "C:\\Users\\me"})"));
  CHECK(selects(R"(A|re: '\d\*\?')", R"({"A": "1*?"})"));
  CHECK(selects(R"(A|re: '^\\\\')", R"({"A": "\\\\server"})"));
}

// Modifiers appendix, "i".
TEST_CASE("i ignores case") {
  CHECK(selects("A|re|i: ab+c", R"({"A": "ABBC"})"));
  CHECK(selects("A|re|ignorecase: ab+c", R"({"A": "ABBC"})"));
  CHECK(selects("A|re: '(?i)ab+c'", R"({"A": "ABBC"})"));
}

// Modifiers appendix, "m": "`^` /`$` match the start/end of line".
TEST_CASE("m lets the anchors match at line breaks") {
  CHECK(selects("A|re|m: '^b$'", R"({"A": "a\nb\nc"})"));
  CHECK(selects("A|re|multiline: '^b$'", R"({"A": "a\nb\nc"})"));
  CHECK_FALSE(selects("A|re: '^b$'", R"({"A": "a\nb\nc"})"));
}

// Modifiers appendix, "s": "dot (`.`) matches all characters, including the newline character".
TEST_CASE("s lets the dot match a line break") {
  CHECK(selects("A|re|s: 'a.b'", R"({"A": "a\nb"})"));
  CHECK(selects("A|re|dotall: 'a.b'", R"({"A": "a\nb"})"));
  CHECK_FALSE(selects("A|re: 'a.b'", R"({"A": "a\nb"})"));
}

// Modifiers appendix: sub-modifiers of `re`; nothing forbids several.
TEST_CASE("flags of an expression add up") {
  CHECK(selects("A|re|i|m|s: '^A.B$'", R"({"A": "x\na\nb\nx"})"));
  CHECK_FALSE(selects("A|re|i|m: '^A.B$'", R"({"A": "x\na\nb\nx"})"));
}

// RE2. PCRE would also match before a line break at the end.
TEST_CASE("without m, a dollar sign matches only the end of the value") {
  CHECK_FALSE(finds("a$", "a\n"));
  CHECK(finds("a$", "a"));
}

// pySigma: startswith and endswith on SigmaRegularExpression. The specification is silent.
TEST_CASE("startswith and endswith tie an expression to an end of the value") {
  CHECK(selects("A|re|startswith: 'b|c'", R"({"A": "cab"})"));
  CHECK_FALSE(selects("A|re|startswith: 'b|c'", R"({"A": "abc"})"));
  CHECK(selects("A|re|endswith: 'b|c'", R"({"A": "abc"})"));
  CHECK_FALSE(selects("A|re|endswith: 'b|c'", R"({"A": "cba"})"));
  CHECK(selects("A|re|contains: 'b'", R"({"A": "abc"})"));
  CHECK_FALSE(selects("A|re|startswith|m: b", R"({"A": "a\nb"})"));
}

// The specification is silent; ours: `.` is a character, not a byte.
TEST_CASE("an expression counts code points") {
  CHECK(finds("^.$", "ß"));
  CHECK(finds("^.$", "\U0001F600"));
  CHECK(finds("ß", "Straße"));
}

// Modifiers appendix: `re` gives the value its type. pySigma: only as the first modifier.
TEST_CASE("re has to be the first modifier") {
  CHECK(selection_problems("A|contains|re: x") ==
        "6:16 invalid_modifier: modifier 're' must be the first one (write the field as 'Field|re|…')");
}

// Modifiers appendix: "sub-modifiers" of `re`.
TEST_CASE("flags need an expression before them") {
  const std::string flag = GENERATE("i", "m", "s");
  CHECK(selection_problems("A|" + flag + ": x") ==
        "6:7 invalid_modifier: modifier '" + flag +
            "' takes a regular expression (put 're' before it), not 'x'");
}

// Ours: linear time, so that neither a rule nor an event can make it hang.
TEST_CASE("look-around and back-references are rejected") {
  const std::string expression = GENERATE("(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(a)\\1");
  const std::string told = selection_problems("A|re: '" + expression + "'");
  CHECK(told.find("6:7 invalid_regex: regular expression cannot be used: ") == 0);
  CHECK(told.find("(look-around and back-references are not supported)") != std::string::npos);
}

// Ours: a broken expression would silently never match.
TEST_CASE("an expression that does not compile is rejected") {
  const std::string expression = GENERATE("(", "a)(b", "[", "*a", "a{2,1}", "\\");
  const std::string told = selection_problems("A|re: '" + expression + "'");
  CHECK(told.find("6:7 invalid_regex") == 0);
  CHECK(told.find("look-around") == std::string::npos);
}

// Ours: RE2 keeps its automata in bounded memory.
TEST_CASE("an expression that would need too much memory is rejected") {
  CHECK_FALSE(Regex::compile("((a{1,100}){1,100}){1,100}", {}).has_value());
}

// Ours: the promise of linear time, on an expression that ties other engines in knots.
TEST_CASE("nested repeats do not make an expression slow") {
  CHECK_FALSE(finds("^(a+)+$", std::string(20000, 'a') + "b"));
}

// pySigma: a number is the text that was written.
TEST_CASE("re takes text and numbers, no booleans") {
  CHECK(selects("A|re: 46", R"({"A": "x46"})"));
  CHECK(selection_problems("A|re: true") == "6:7 invalid_modifier: modifier 're' takes text, not true");
}

// Ours: RE2 has neither; the hint says which it was.
TEST_CASE("free spacing and comments in an expression are rejected as such") {
  CHECK(selection_problems("A|re: '(?x) a b'").find("the flag x (free spacing) is not supported") !=
        std::string::npos);
  CHECK(selection_problems("A|re: '(?#c)a'").find("comments inside expressions") != std::string::npos);
}

}  // namespace
}  // namespace alarum::sigma

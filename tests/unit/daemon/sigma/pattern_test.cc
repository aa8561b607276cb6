#include "daemon/sigma/pattern.h"

#include "daemon/sigma/text_matcher.h"
#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

using Kind = Token::Kind;

Token literal(std::string_view text) { return {Kind::literal, std::string(text)}; }
const Token any_one = {Kind::any_one, {}};
const Token any_many = {Kind::any_many, {}};

std::vector<Token> tokens_of(std::string_view written) { return Pattern::parse(written).tokens(); }

bool fits(std::string_view written, std::string_view text) {
  return TextMatcher(Pattern::parse(written), true).matches(text);
}

// Rules specification, Escape Character: "Plain backslash not followed by a wildcard".
TEST_CASE("a plain backslash is written as one backslash or as two") {
  CHECK(tokens_of(R"(C:\Windows)") == std::vector{literal(R"(C:\Windows)")});
  CHECK(tokens_of(R"(C:\\Windows)") == std::vector{literal(R"(C:\Windows)")});
}

// Rules specification, Escape Character: "A wildcard has to be escaped to be handled as a plain character".
TEST_CASE("a backslash before a wildcard makes it a plain character") {
  CHECK(tokens_of(R"(a\*b)") == std::vector{literal("a*b")});
  CHECK(tokens_of(R"(a\?b)") == std::vector{literal("a?b")});
  CHECK(fits(R"(a\*b)", "a*b"));
  CHECK_FALSE(fits(R"(a\*b)", "axb"));
}

// Rules specification, Escape Character: "a backslash followed by a wildcard: `\\*`".
TEST_CASE("two backslashes before a wildcard are a backslash and a wildcard") {
  CHECK(tokens_of(R"(a\\*)") == std::vector{literal(R"(a\)"), any_many});
  CHECK(tokens_of(R"(a\\?)") == std::vector{literal(R"(a\)"), any_one});
}

// Rules specification, Escape Character: "Three backslashes are necessary to escape both".
TEST_CASE("three backslashes before a wildcard are a backslash and a plain character") {
  CHECK(tokens_of(R"(a\\\*)") == std::vector{literal(R"(a\*)")});
  CHECK(tokens_of(R"(a\\\?)") == std::vector{literal(R"(a\?)")});
}

// Rules specification, Escape Character: "Three or four backslashes are handled as double backslash".
TEST_CASE("three or four backslashes before anything else are two backslashes") {
  CHECK(tokens_of(R"(\\\server)") == std::vector{literal(R"(\\server)")});
  CHECK(tokens_of(R"(\\\\server)") == std::vector{literal(R"(\\server)")});
}

// Rules specification, Escape Character: only wildcards and the backslash itself are escaped. pySigma too.
TEST_CASE("a backslash at the end of the text is a backslash") {
  CHECK(tokens_of(R"(\Temp\)") == std::vector{literal(R"(\Temp\)")});
  CHECK(tokens_of(R"(\)") == std::vector{literal(R"(\)")});
}

// Rules specification, Escape Character; the start of a device path, as rules write it.
TEST_CASE("a question mark between backslashes is a wildcard behind one backslash") {
  CHECK(tokens_of(R"(\\?\)") == std::vector{literal(R"(\)"), any_one, literal(R"(\)")});
}

// Rules specification, String Wildcard: "`?` to replace a single mandatory character".
TEST_CASE("a question mark stands for exactly one code point") {
  CHECK(fits("prog?.exe", "progA.exe"));
  CHECK_FALSE(fits("prog?.exe", "prog.exe"));
  CHECK_FALSE(fits("prog?.exe", "progAB.exe"));
  CHECK(fits("?", "ß"));
  CHECK(fits("?", "\U0001F600"));
  CHECK_FALSE(
      fits("?"
           "?",
           "\U0001F600"));
}

// Rules specification, String Wildcard: "`*` to replace an unbounded length wildcard".
TEST_CASE("an asterisk stands for any text and for none") {
  CHECK(fits("antivirus_V*.exe", "antivirus_V21.2.1.exe"));
  CHECK(fits("antivirus_V*.exe", "antivirus_V.exe"));
  CHECK_FALSE(fits("antivirus_V*.exe", "antivirus_V1.dll"));
  CHECK(fits("*", ""));
  CHECK(fits("a*", "a\nb"));
}

// Rules specification, String Wildcard: modifiers, not wildcards, say that text may stand around the value.
TEST_CASE("a pattern has to match the whole text") {
  CHECK(fits("cmd.exe", "cmd.exe"));
  CHECK_FALSE(fits("cmd.exe", "cmd.exe "));
  CHECK_FALSE(fits("cmd.exe", " cmd.exe"));
  CHECK_FALSE(fits("", "a"));
  CHECK(fits("", ""));
}

// Rules specification, String Wildcard: wildcards at arbitrary places, several of them.
TEST_CASE("several wildcards match wherever some reading of them does") {
  CHECK(fits("*ab*ab?", "ab ab abc"));
  CHECK(fits("a*b*c", "a-b-b-c-c"));
  CHECK_FALSE(fits("a*b*c", "a-c-b"));
  CHECK(fits("*?b", "ab"));
  CHECK_FALSE(fits("*?b", "b"));
  CHECK(fits("a**b", "ab"));
  CHECK(fits("?*?", "ab"));
  CHECK_FALSE(fits("?*?", "a"));
}

// The modifiers appendix describes contains, startswith and endswith as wildcards; ours: on tokens.
TEST_CASE("an added wildcard does not make an escape out of a backslash at the end") {
  const Pattern contains = Pattern::parse(R"(\Temp\)").with_any_before().with_any_after();
  CHECK(contains.tokens() == std::vector{any_many, literal(R"(\Temp\)"), any_many});
  CHECK(TextMatcher(contains, true).matches(R"(C:\Temp\a.exe)"));
  CHECK(selects(R"(Path|contains: '\Temp\')", R"({"Path": "C:\\Temp\\a.exe"})"));
  CHECK_FALSE(selects(R"(Path|contains: '\Temp\')", R"({"Path": "C:\\Temp*"})"));
}

// Ours: `**` would mean the same as `*`.
TEST_CASE("a wildcard that stands there already is not doubled") {
  CHECK(Pattern::parse("*a*").with_any_before().with_any_after().tokens() ==
        std::vector{any_many, literal("a"), any_many});
}

// Ours: what is shown to people can be pasted back into a rule.
TEST_CASE("a pattern written out reads back as the same pattern") {
  const std::string_view written =
      GENERATE("", "*", "a", R"(C:\Windows\*)", R"(C:\\*)", R"(\\\*)", R"(\\\\a)", R"(a\)", R"(\?\\?)");
  const Pattern pattern = Pattern::parse(written);
  CHECK(Pattern::parse(pattern.to_text()).tokens() == pattern.tokens());
}

// Ours: the four common forms have a search of their own, which must not differ from the general one.
TEST_CASE("every form of a pattern has its search") {
  CHECK(fits("*b", "ab"));
  CHECK_FALSE(fits("*b", "ba"));
  CHECK(fits("b*", "ba"));
  CHECK_FALSE(fits("b*", "ab"));
  CHECK(fits("*b*", "abc"));
  CHECK_FALSE(fits("*b*", "ac"));
  CHECK(Pattern::parse("*").matches_everything());
  CHECK_FALSE(Pattern::parse("").matches_everything());
  CHECK_FALSE(Pattern::parse("?*").matches_everything());
}

}  // namespace
}  // namespace alarum::sigma

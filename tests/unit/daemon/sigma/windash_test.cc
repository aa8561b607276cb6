#include "daemon/sigma/windash.h"

#include "tests/unit/support/rule_world.h"

#include <algorithm>
#include <set>

namespace alarum::sigma {
namespace {

std::set<std::string> permutations(std::string_view written) {
  std::set<std::string> out;
  for (const Pattern& pattern : dash_permutations(Pattern::parse(written))) out.insert(pattern.to_text());
  return out;
}

using Texts = std::set<std::string>;

// Modifiers appendix, "windash": `-`, `/`, en dash, em dash and horizontal bar.
TEST_CASE("windash writes a flag with each of the five dashes") {
  CHECK(permutations(" -f") == Texts{" -f", " /f", " \u2013f", " \u2014f", " \u2015f"});
}

// Modifiers appendix, "windash": "converts the aforementioned characters interchangeably". pySigma replaces
// only `-` and `/`.
TEST_CASE("windash replaces each of the five dashes, not only hyphen and slash") {
  const std::string dash = GENERATE("-", "/", "\u2013", "\u2014", "\u2015");
  CHECK(permutations(dash + "f").size() == 5);
  CHECK(permutations(dash + "f") == permutations("-f"));
}

// Modifiers appendix, "windash": "all possible permutations".
TEST_CASE("windash makes every combination of the dashes of several flags") {
  const Texts made = permutations("-a -b");
  CHECK(made.size() == 25);
  CHECK(made.count("/a \u2014b") == 1);
  CHECK(permutations("-a -b -c -d").size() == 625);
}

// pySigma: SigmaWindowsDashModifier, `\B[-/]\b`. The specification does not say which dashes begin a flag.
TEST_CASE("windash leaves a dash inside a word alone") {
  CHECK(permutations("Get-Item") == Texts{"Get-Item"});
  CHECK(permutations("a/b -c").size() == 5);
  CHECK(permutations("schlüssel-bund") == Texts{"schlüssel-bund"});
}

// pySigma: SigmaWindowsDashModifier, `\B[-/]\b`.
TEST_CASE("windash leaves a dash alone that no word follows") {
  CHECK(permutations("a - b") == Texts{"a - b"});
  CHECK(permutations("-") == Texts{"-"});
  CHECK(permutations("-*") == Texts{"-*"});
}

// pySigma: SigmaWindowsDashModifier, `\B[-/]\b`: of `--`, the second begins the flag.
TEST_CASE("windash replaces only the second dash of a long flag") {
  CHECK(permutations("--f") == Texts{"--f", "-/f", "-\u2013f", "-\u2014f", "-\u2015f"});
}

// Modifiers appendix, "windash"; the specification is silent about text without dashes.
TEST_CASE("windash keeps text without flags, and wildcards, as they are") {
  CHECK(permutations("whoami") == Texts{"whoami"});
  CHECK(permutations("*-f?x*").count("*/f?x*") == 1);
}

// Ours: five dashes are 3125 patterns, more than a rule can want.
TEST_CASE("windash rejects a value with more than four flags") {
  CHECK(dash_permutations(Pattern::parse("-a -b -c -d -e")).empty());
  CHECK(selection_problems("A|windash: '-a -b -c -d -e'") ==
        "6:7 invalid_modifier: modifier 'windash' finds too many dashes in '-a -b -c -d -e' "
        "(look for a shorter part of it, or for several parts with 'contains|all|windash')");
}

// Rules specification, Modifier Types: modifiers apply in the given order; this pair gives the same.
TEST_CASE("windash and contains may stand in either order") {
  const std::string_view item =
      GENERATE("A|windash|contains: ' -urlcache '", "A|contains|windash: ' -urlcache '");
  CHECK(selects(item, R"({"A": "certutil /urlcache x"})"));
  CHECK(selects(item, R"({"A": "certutil -URLCache x"})"));
  CHECK(selects(item, "{\"A\": \"certutil \u2015urlcache x\"}"));
  CHECK_FALSE(selects(item, R"({"A": "certutil urlcache x"})"));
}

// pySigma: an expansion is linked with OR, even below "all".
TEST_CASE("under all, any form that windash made of a value will do") {
  const std::string_view item = "A|windash|contains|all: [' -a', ' -b']";
  CHECK(selects(item, R"({"A": "x /a -b"})"));
  CHECK_FALSE(selects(item, R"({"A": "x /a"})"));
}

}  // namespace
}  // namespace alarum::sigma

#include "daemon/sigma/explanation.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

/// The tree, one part a line: `verdict label [values seen]`.
std::string tree(const Explanation& part, std::size_t depth = 0) {
  std::string out = std::string(2 * depth, ' ') + std::string(verdict_name(part.verdict)) + " " + part.label;
  if (!part.seen.empty()) {
    out += " [";
    for (const std::string& seen : part.seen) out += (&seen == part.seen.data() ? "" : ", ") + seen;
    out += "]";
  }
  out += "\n";
  for (const Explanation& inner : part.parts) out += tree(inner, depth + 1);
  return out;
}

std::string explained(std::string_view detection, std::string_view event) {
  return tree(RuleWorld(rule_with(detection)).explanation(event));
}

// Ours: what `alarum rule explain` shows. No specification speaks of it.
TEST_CASE("an explanation shows each part with its verdict and the values seen") {
  CHECK(explained("a:\n  A|endswith: [x, y]\n  B: 1\ncondition: a", R"({"A": "axy", "B": 2})") ==
        "false a\n"
        "  true A|endswith [axy]\n"
        "    false '*x'\n"
        "    true '*y'\n"
        "  false B [2]\n"
        "    false 1\n");
}

// Ours: most rules that stay silent do so because a field has another name.
TEST_CASE("an explanation tells a missing field from one that differs") {
  CHECK(explained("a: {A: x, B: y}\ncondition: a", R"({"A": "z"})") ==
        "false a\n"
        "  false A [z]\n"
        "    false 'x'\n"
        "  missing B\n"
        "    false 'y'\n");
}

// Ours: a null is there.
TEST_CASE("an explanation of exists calls missing only what is not there") {
  CHECK(explained("a: {A|exists: false}\ncondition: a", R"({"A": null})") ==
        "false a\n"
        "  false A|exists [null]\n"
        "    false does not exist\n");
  CHECK(explained("a: {A|exists: true}\ncondition: a", "{}") ==
        "false a\n"
        "  missing A|exists\n"
        "    false exists\n");
}

// Ours: people see what the rule saw.
TEST_CASE("an explanation shows null, arrays and objects as such") {
  CHECK(
      explained("a: {A: null, B: x, C: '*'}\ncondition: a", R"({"A": null, "B": ["y", 1], "C": {"D": 1}})") ==
      "false a\n"
      "  true A [null]\n"
      "    true null\n"
      "  false B [y, 1]\n"
      "    false 'x'\n"
      "  true C [{…}]\n"
      "    true '*'\n");
}

// Ours: in the words of the rule, not in the parser's.
TEST_CASE("an explanation shows operators and selectors as the rule has them") {
  CHECK(explained("s_1: {A: x}\ns_2: {A: y}\nf: {B: z}\ncondition: 1 of s_* and not f", R"({"A": "y"})") ==
        "true and\n"
        "  true 1 of s_*\n"
        "    false s_1\n"
        "      false A [y]\n"
        "        false 'x'\n"
        "    true s_2\n"
        "      true A [y]\n"
        "        true 'y'\n"
        "  true not\n"
        "    false f\n"
        "      missing B\n"
        "        false 'z'\n");
}

// Ours: the same.
TEST_CASE("an explanation of a list of maps shows the alternatives") {
  CHECK(explained("a: [{A: x}, {B: y}]\ncondition: a", R"({"B": "y"})") ==
        "true a\n"
        "  true or\n"
        "    missing A\n"
        "      false 'x'\n"
        "    true B [y]\n"
        "      true 'y'\n");
  CHECK(explained("a: [{A: x, B: y}, zzz]\ncondition: a", R"({"B": "y"})") ==
        "false a\n"
        "  false or\n"
        "    false and\n"
        "      missing A\n"
        "        false 'x'\n"
        "      true B [y]\n"
        "        true 'y'\n"
        "    false keywords\n"
        "      false '*zzz*'\n");
}

// Ours: an event has too many values to show them all.
TEST_CASE("an explanation of keywords shows only the values that have them") {
  CHECK(explained("a: [abc, def]\ncondition: a", R"({"A": "x", "B": "xabcx"})") ==
        "true a\n"
        "  true keywords [xabcx]\n"
        "    true '*abc*'\n"
        "    false '*def*'\n");
  CHECK(explained("a: {'|all': [abc, def]}\ncondition: a", R"({"B": "xabcx"})") ==
        "false a\n"
        "  false keywords|all [xabcx]\n"
        "    true '*abc*'\n"
        "    false '*def*'\n");
}

// Ours: the negation belongs to the item.
TEST_CASE("an explanation of neq shows how each value fares by itself") {
  CHECK(explained("a: {A|neq: [x, y]}\ncondition: a", R"({"A": "y"})") ==
        "false a\n"
        "  false A|neq [y]\n"
        "    false 'x'\n"
        "    true 'y'\n");
  CHECK(explained("a: {A|neq: x}\ncondition: a", R"({"B": "y"})") ==
        "true a\n"
        "  true A|neq\n"
        "    false 'x'\n");
}

// Ours: hundreds of forms would hide the rest.
TEST_CASE("an explanation sums up the forms that a modifier made of a value") {
  CHECK(explained("a: {A|windash: ' -f'}\ncondition: a", R"({"A": " /f"})") ==
        "true a\n"
        "  true A|windash [ /f]\n"
        "    true ' -f' and 4 more forms of it\n");
}

// Ours: the same.
TEST_CASE("an explanation names every kind of value as people read it") {
  CHECK(explained("a:\n  A|re|i: x+\n  B|cidr: 10.0.0.0/8\n  C|fieldref|contains: D\n  D|gte: 5\n"
                  "  E|hour|lt: 3\n  F|exists: false\n  G: true\n  H|cased: 'x?'\n  I: null\ncondition: a",
                  R"({"A": "X"})") ==
        "false a\n"
        "  true A|re|i [X]\n    true /x+/i\n"
        "  missing B|cidr\n    false in 10.0.0.0/8\n"
        "  missing C|fieldref|contains\n    false *the value of D*\n"
        "  missing D|gte\n    false >= 5\n"
        "  missing E|hour|lt\n    false hour < 3\n"
        "  true F|exists\n    true does not exist\n"
        "  missing G\n    false true\n"
        "  missing H|cased\n    false 'x?' (cased)\n"
        "  true I\n    true null\n");
}

// The promise of the header: nothing is skipped.
TEST_CASE("an explanation decides what the rule decides") {
  const std::string_view detection = "a: {A: x}\nb: [{B: y}, zzz]\ncondition: not a and (b or a)";
  const std::string_view event =
      GENERATE("{}", R"({"A": "x"})", R"({"B": "y"})", R"({"C": "zzz"})", R"({"A": "x", "B": "y"})");
  RuleWorld world(rule_with(detection));
  CHECK((world.explanation(event).verdict == Verdict::yes) == world.matches(event));
}

}  // namespace
}  // namespace alarum::sigma

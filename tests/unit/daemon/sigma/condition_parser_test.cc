#include "daemon/sigma/condition_parser.h"

#include "tests/unit/support/rule_world.h"

#include <array>

namespace alarum::sigma {
namespace {

constexpr std::array<std::string_view, 6> identifiers = {"a", "b", "c", "sel_1", "sel_2", "_hidden"};

/// The condition with every operand in parentheses, so that its structure shows.
std::string structure(const Condition& condition) {
  if (condition.kind == Condition::Kind::identifier) return std::string(identifiers[condition.identifier]);
  if (condition.kind == Condition::Kind::negation) return "!" + structure(condition.operands.front());
  std::string out;
  for (const Condition& operand : condition.operands) {
    if (!out.empty()) out += condition.kind == Condition::Kind::all_of ? " & " : " | ";
    out += structure(operand);
  }
  return "(" + out + ")";
}

std::string read(std::string_view text) {
  const auto parsed = parse_condition(text, identifiers);
  if (const auto* problem = std::get_if<ConditionProblem>(&parsed)) {
    return std::to_string(problem->offset) + " " + problem->message +
           (problem->hint.empty() ? "" : " (" + problem->hint + ")");
  }
  return structure(std::get<ParsedCondition>(parsed).condition);
}

// Rules specification, Condition, "Operator Precedence": or, and, not, x of, parentheses.
TEST_CASE("not binds closer than and, and closer than or") {
  CHECK(read("a or b and c") == "(a | (b & c))");
  CHECK(read("a and b or c") == "((a & b) | c)");
  CHECK(read("not a and b") == "(!a & b)");
  CHECK(read("not a or not b and c") == "(!a | (!b & c))");
  CHECK(read("not 1 of sel_* and a") == "(!(sel_1 | sel_2) & a)");
}

// Rules specification, Condition, "Brackets".
TEST_CASE("parentheses group, with or without spaces around them") {
  CHECK(read("(a or b) and c") == "((a | b) & c)");
  CHECK(read("not(a or b)and(c)") == "(!(a | b) & c)");
  CHECK(read("((a))") == "a");
  CHECK(read("a and (b or (c and a))") == "(a & (b | (c & a)))");
}

// Rules specification, Condition, "Negation with 'not'"; nothing forbids two.
TEST_CASE("two negations cancel each other") { CHECK(read("not not a") == "!!a"); }

// Rules specification, Condition, "1/all of them".
TEST_CASE("them are all identifiers that do not begin with an underscore") {
  CHECK(read("1 of them") == "(a | b | c | sel_1 | sel_2)");
  CHECK(read("all of them") == "(a & b & c & sel_1 & sel_2)");
}

// pySigma: ConditionSelector takes `any` for `1`. The specification knows only `1` and `all`.
TEST_CASE("any of is 1 of") {
  CHECK(read("any of sel_*") == "(sel_1 | sel_2)");
  CHECK(read("any of them") == read("1 of them"));
}

// Rules specification, Condition: "Matching is done with * wildcards ... at arbitrary positions".
TEST_CASE("a selector may have wildcards anywhere, or none") {
  CHECK(read("all of sel_*") == "(sel_1 & sel_2)");
  CHECK(read("1 of *_2") == "(sel_2)");
  CHECK(read("1 of s*_*") == "(sel_1 | sel_2)");
  CHECK(read("1 of *") == "(a | b | c | sel_1 | sel_2)");
  CHECK(read("1 of a") == "(a)");
}

// pySigma: names are compared as they are. The specification is silent.
TEST_CASE("names of identifiers are case-sensitive, in selectors too") {
  CHECK(read("1 of SEL_*").find("5 'SEL_*' selects no search identifier") == 0);
  CHECK(read("SEL_1").find("0 no search identifier is named 'SEL_1'") == 0);
}

// pySigma: a pattern that begins with `_` means these. The specification speaks of `them` only.
TEST_CASE("a selector leaves out hidden identifiers unless its pattern begins with an underscore") {
  CHECK(read("1 of *hidden").find("5 '*hidden' selects no search identifier") == 0);
  CHECK(read("1 of _*") == "(_hidden)");
  CHECK(read("_hidden and a") == "(_hidden & a)");
}

// pySigma: rejected. The specification knows no other numbers.
TEST_CASE("a selector with another number is rejected") {
  CHECK(read("2 of sel_*") == "0 '2 of' is not part of Sigma (write '1 of', 'any of' or 'all of')");
  CHECK(read("a and ALL of them").find("6 'ALL of' is not part of Sigma") == 0);
}

// pySigma: rejected; nothing selected would be always or never true.
TEST_CASE("a selector that selects nothing is rejected") {
  CHECK(read("a and 1 of filter_*") == "11 'filter_*' selects no search identifier");
  CHECK(read("1 of sel_3") == "5 'sel_3' selects no search identifier (did you mean 'sel_1'?)");
  const auto hidden_only = parse_condition("1 of them", std::array<std::string_view, 1>{"_a"});
  REQUIRE(std::holds_alternative<ConditionProblem>(hidden_only));
  CHECK(std::get<ConditionProblem>(hidden_only).reason == "unmatched_selector");
}

// Ours: a name that is not there would be always false.
TEST_CASE("an unknown identifier is rejected, with the one that was meant") {
  CHECK(read("a and sel_11") == "6 no search identifier is named 'sel_11' (did you mean 'sel_1'?)");
  CHECK(read("A") == "0 no search identifier is named 'A' (did you mean 'a'?)");
}

// pySigma: operators are lower-case words. The specification is silent.
TEST_CASE("operators in upper case are rejected, with a hint") {
  const std::string hint = " (operators are written in lower case)";
  CHECK(read("a AND b") == "2 'and' or 'or' is missing before 'AND'" + hint);
  CHECK(read("a Or b") == "2 'and' or 'or' is missing before 'Or'" + hint);
  CHECK(read("NOT a") == "0 no search identifier is named 'NOT'" + hint);
  CHECK(read("a and NOT b") == "6 no search identifier is named 'NOT'" + hint);
}

// Rules specification, Condition: it has no aggregations any more. pySigma rejects them too.
TEST_CASE("an aggregation behind a bar is rejected") {
  CHECK(read("a | count() by User > 5") ==
        "2 aggregations after '|' are no longer part of Sigma (write a correlation rule)");
  CHECK(read("a | near b").find("2 aggregations") == 0);
}

// Ours: half a condition has no meaning.
TEST_CASE("a condition with parentheses out of place is rejected") {
  CHECK(read("(a") == "2 ')' is missing");
  CHECK(read("a)") == "1 ')' closes nothing");
  CHECK(read("()") == "1 an identifier is missing before ')'");
  CHECK(read("(a or b") == "7 ')' is missing");
}

// Ours: the same.
TEST_CASE("a condition with something missing is rejected where it is missing") {
  CHECK(read("a and") == "5 the condition ends where an identifier should stand");
  CHECK(read("a b") == "2 'and' or 'or' is missing before 'b'");
  CHECK(read("and a") == "0 an identifier is missing before 'and'");
  CHECK(read("a or or b") == "5 an identifier is missing before 'or'");
  CHECK(read("not") == "3 the condition ends where an identifier should stand");
  CHECK(read("1 of") == "4 'of' is followed by neither 'them' nor a pattern");
  CHECK(read("1 of (a)") == "5 'of' is followed by neither 'them' nor a pattern");
}

// Rules specification, Condition: "mandatory".
TEST_CASE("an empty condition is rejected") {
  CHECK(read("") == "0 the condition ends where an identifier should stand");
  CHECK(read("  \n ") == "4 the condition ends where an identifier should stand");
}

// Ours: recursion is bounded, so that no rule can exhaust the stack.
TEST_CASE("a condition nested deeper than 100 levels is rejected") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "a" + std::string(depth, ')');
  };
  const auto negated = [](std::size_t depth) {
    std::string out = "a";
    for (std::size_t i = 0; i < depth; ++i) out.insert(0, "not ");
    return out;
  };
  CHECK(read(nested(100)) == "a");
  CHECK(read(nested(101)) == "101 the condition is nested too deeply");
  CHECK(read(nested(100000)).find("nested too deeply") != std::string::npos);
  CHECK(read(negated(100)).back() == 'a');
  CHECK(read(negated(101)).find("nested too deeply") != std::string::npos);
}

// Ours: a selector stands for all that it selects, so a short text can mean a large condition.
TEST_CASE("a condition that stands for more than 10000 identifiers is rejected") {
  std::string text = "1 of sel_*";
  for (int i = 1; i < 5000; ++i) text += " or 1 of sel_*";
  CHECK(read(text).find('(') == 0);
  CHECK(read(text + " or a").find("the condition stands for more than 10000 search identifiers") !=
        std::string::npos);
}

// Ours: the same, however the condition is divided.
TEST_CASE("conditions of a list that stand for more than 10000 identifiers together are rejected") {
  std::string detection = "a: {A: x}\ncondition:\n";
  for (int i = 0; i < 10'000; ++i) detection += "- a\n";
  CHECK(problems_of(detection).empty());
  CHECK(problems_of(detection + "- a\n").find("too_large: the condition stands for more than 10000") !=
        std::string::npos);
}

// Ours: each selector is compared with every name, and both may be long.
TEST_CASE("a condition with more than 100 different selectors is rejected") {
  std::string text = "1 of a*";
  for (int i = 1; i < 100; ++i) text += " or 1 of " + std::string(static_cast<std::size_t>(i), '*') + "a";
  CHECK(read(text).front() == '(');
  CHECK(read(text + " or 1 of a*").front() == '(');
  CHECK(read(text + " or 1 of b*").find("more than 100 different selectors") != std::string::npos);
}

// Rules specification, Condition; the specification is silent about white space.
TEST_CASE("line breaks and tabs are white space in a condition") {
  CHECK(read("a\n\tand\r\n b") == "(a & b)");
}

// Rules specification, Condition: "They are logically linked with OR".
TEST_CASE("any condition of a list will do") {
  const std::string_view detection = "a: {A: x}\nb: {B: y}\ncondition: [a, b]";
  CHECK(matches(detection, R"({"B": "y"})"));
  CHECK(matches(detection, R"({"A": "x"})"));
  CHECK_FALSE(matches(detection, R"({"C": 1})"));
}

// Rules specification, Condition, as a whole.
TEST_CASE("a condition holds as its operators say") {
  const std::string_view detection =
      "selection_a: {A: x}\nselection_b: {B: x}\nfilter_main: {C: x}\nfilter_optional: {D: x}\n"
      "condition: 1 of selection_* and not 1 of filter_*";
  CHECK(matches(detection, R"({"A": "x"})"));
  CHECK(matches(detection, R"({"B": "x", "C": "y"})"));
  CHECK_FALSE(matches(detection, R"({"A": "x", "D": "x"})"));
  CHECK_FALSE(matches(detection, R"({"C": "x"})"));
}

// Rules specification, Condition: "all of".
TEST_CASE("all of asks for every identifier it selects") {
  const std::string_view detection = "s_1: {A: x}\ns_2: {B: x}\ncondition: all of s_*";
  CHECK(matches(detection, R"({"A": "x", "B": "x"})"));
  CHECK_FALSE(matches(detection, R"({"A": "x"})"));
}

}  // namespace
}  // namespace alarum::sigma

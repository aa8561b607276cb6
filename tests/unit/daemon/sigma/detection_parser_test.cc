#include "daemon/sigma/detection_parser.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

// Rules specification, Special Field Values: "null cannot be part of a list of field values".
TEST_CASE("null in a list of values is rejected") {
  const std::string told =
      "invalid_value: null cannot be one of several values (give null a search identifier of its own)";
  CHECK(selection_problems("A: ['', null]") == "6:13 " + told);
  CHECK(selection_problems("A:\n  - x\n  -\n  - y") == "8:8 " + told);
  CHECK(selection_problems("A: [[null], x]") == "6:10 " + told);
  CHECK(selection_problems("A: [null]").empty());
}

// Rules specification, Keywords search: keywords are texts.
TEST_CASE("null is no keyword") {
  CHECK(selection_problems("- null") == "6:7 invalid_value: null is no keyword");
  CHECK(problems_of("k:\ncondition: k") == "5:5 invalid_value: null is no keyword");
}

// Ours: an empty selection would be always true or always false.
TEST_CASE("an empty selection is rejected") {
  const std::string told = " invalid_value: the selection is empty";
  CHECK(problems_of("a: {}\ncondition: a") == "5:6" + told);
  CHECK(problems_of("a: []\ncondition: a") == "5:6" + told);
  CHECK(problems_of("a: [{A: x}, {}]\ncondition: a") == "5:15" + told);
  CHECK(selection_problems("'|all': []") == "6:5" + told);
}

// Rules specification, Maps: a value is a string or an integer, or a list of them.
TEST_CASE("a mapping as the value of a field is rejected") {
  CHECK(selection_problems("process:\n  name: x") ==
        "7:7 invalid_value: the value of 'process' is a mapping "
        "(write nested fields with dots: 'process.name: …')");
  CHECK(selection_problems("A: [x, {b: c}]").find("6:12 invalid_value") == 0);
}

// Rules specification, Detection: search identifiers and a condition.
TEST_CASE("a detection that is no mapping, or has no condition, is rejected") {
  CHECK(RuleWorld::text_of(problems("title: A\nid: a\nlogsource: {product: p}\ndetection: [x]")) ==
        "4:12 invalid_value: 'detection' is a list, not a mapping");
  CHECK(problems_of("a: {A: x}") == "5:3 missing_field: 'detection' has no 'condition'");
}

// Rules specification, Condition: text, or a list of texts.
TEST_CASE("a condition that is no text is rejected") {
  const std::string told = " invalid_condition: 'condition' must be text, or a list of texts";
  CHECK(problems_of("a: {A: x}\ncondition: {b: c}") == "6:14" + told);
  CHECK(problems_of("a: {A: x}\ncondition: []") == "6:14" + told);
  CHECK(problems_of("a: {A: x}\ncondition: [a, [a]]") == "6:14" + told);
  CHECK(problems_of("a: {A: x}\ncondition:") == "6:13" + told);
}

// ---- limits

// Ours: bounds what one rule may cost; the largest of SigmaHQ stay far below.
TEST_CASE("a rule with more than 1000 search identifiers is rejected") {
  const auto detection = [](std::size_t count) {
    std::string out = "condition: 1 of them\n";
    for (std::size_t i = 0; i < count; ++i) out += "a" + std::to_string(i) + ": x\n";
    return out;
  };
  CHECK(problems_of(detection(1000)).empty());
  CHECK(problems_of(detection(1001)) ==
        "1006:3 too_large: more than 1000 search identifiers (split the rule)");
}

// Ours: the same; a windash of four flags is 625 patterns.
TEST_CASE("a rule whose items and patterns would take more than 128 MiB is rejected") {
  const std::string too_large =
      "the items of this rule and what modifiers make of their values take more than 128 MiB";
  const auto listed = [](const std::string& key, const std::string& value, std::size_t count) {
    std::string out = key + ":";
    for (std::size_t i = 0; i < count; ++i) out += "\n  - '" + value + std::to_string(i) + "'";
    return out + "\n";
  };
  // 625 patterns of 600 bytes for each value, in several items; programs of 30,000 instructions.
  const std::string windash = listed("A|windash", "-a -b -c -d " + std::string(600, 'x'), 80) +
                              listed("B|windash", "-a -b -c -d " + std::string(600, 'x'), 80);
  const std::string regexes = listed("A|re", "(a|b|c){1,300}x.*z{900}", 5000);

  CHECK(selection_problems(windash) == "87:7 too_large: " + too_large + " (split the rule)");
  CHECK(selection_problems(regexes) == "6:7 too_large: " + too_large + " (split the rule)");
}

TEST_CASE("a rule of a hundred thousand fields is rejected as too large") {
  std::string fields;
  for (int i = 0; i < 100'000; ++i) fields += "f" + std::to_string(i) + ": x\n";
  CHECK(selection_problems(fields).find("too_large") != std::string::npos);
}

TEST_CASE("a list of fifty thousand hashes is within what a rule may cost") {
  std::string hashes = "Hashes|contains:";
  for (int i = 0; i < 50'000; ++i)
    hashes += "\n  - 'SHA256=" + std::string(58, 'a') + std::to_string(100000 + i) + "'";
  CHECK(selection_problems(hashes).empty());
}

TEST_CASE("expressions that are too large to compile use up what a rule may cost") {
  std::string items;
  for (int i = 0; i < 100; ++i) items += "f" + std::to_string(i) + "|re: '(\\pL{31}){31}\\pL{900}'\n";
  const std::string problems = selection_problems(items);
  CHECK(problems.find("too_large") != std::string::npos);
  CHECK(std::count(problems.begin(), problems.end(), '\n') < 20);
}

// Ours: it says nothing, and nobody means it.
TEST_CASE("empty text that may stand anywhere is a warning") {
  CHECK(selection_problems("A|contains: ''") ==
        "warning 6:17 empty_text: empty text is in every value of 'A|contains' (write '*' if that is meant)");
  CHECK(problems_of("k: ''\ncondition: k") ==
        "warning 5:6 empty_text: an empty keyword is in every event that "
        "has a value (write '*' if that is meant)");
  CHECK(selection_problems("A: ''").empty());
  CHECK(selection_problems("A: '*'").empty());
}

// ---- places

// Ours: a problem names its line and column.
TEST_CASE("a problem of a modifier stands at the modifier") {
  CHECK(selection_problems("A: x\nCommandLine|contains|al: y").find("7:26 unknown_modifier") == 0);
  CHECK(selection_problems("\"A|contians\": y").find("6:8 unknown_modifier") == 0);
  CHECK(selection_problems("Größe|contians: y").find("6:11 unknown_modifier") == 0);
}

// Ours: the same.
TEST_CASE("a problem of a condition stands at its word") {
  CHECK(problems_of("a: {A: x}\ncondition: a and b").find("6:20 invalid_condition") == 0);
  CHECK(problems_of("a: {A: x}\ncondition: 'a and 1 of b*'").find("6:26 unmatched_selector") == 0);
  CHECK(problems_of("a: {A: x}\ncondition:\n  - a\n  - a or b").find("8:12 invalid_condition") == 0);
}

// Ours: also where YAML folds the text.
TEST_CASE("a problem inside a folded condition stands at its word") {
  CHECK(problems_of("a: {A: x}\ncondition: >\n  a\n  and not b").find("8:13 invalid_condition") == 0);
  CHECK(problems_of("a: {A: x}\ncondition: |\n  a and\n  (a or b)").find("8:11 invalid_condition") == 0);
  CHECK(problems_of("a: {A: x}\ncondition: a\n  or b").find("7:8 invalid_condition") == 0);
}

// Ours: one run shows everything there is to mend.
TEST_CASE("all problems of a rule are told at once") {
  const std::string told = problems_of("a:\n  A|foo: x\n  B: [1, null]\nb: {}\ncondition: a or b or c");
  CHECK(told.find("6:7 unknown_modifier") == 0);
  CHECK(told.find("\n7:12 invalid_value") != std::string::npos);
  CHECK(told.find("\n8:6 invalid_value") != std::string::npos);
  CHECK(told.find("\n9:24 invalid_condition") != std::string::npos);
}

// Ours: a fact for people, rendered by every command alike.
TEST_CASE("a problem shows its line with a caret and the way out") {
  const auto told = problems(rule_with(selecting("Image|startwith: C:\\Users")));
  REQUIRE(told.size() == 1);
  CHECK(told.front().to_text() ==
        "rule.yml:6:11: unknown modifier 'startwith'\n"
        "    Image|startwith: C:\\Users\n"
        "          ^ did you mean 'startswith'?");
}

// ---- warnings

// Ours: a dead selection is usually an error of typing. The rule still means what it says.
TEST_CASE("an identifier that the condition does not use is a warning") {
  CHECK(problems_of("a: {A: x}\nb: {B: x}\ncondition: a") ==
        "warning 6:3 unused_identifier: search identifier 'b' is not part of the condition");
  CHECK(problems_of("a: {A: x}\nb: {B: x}\ncondition: [a, b]").empty());
  CHECK(problems_of("a_1: {A: x}\na_2: {B: x}\ncondition: 1 of a_*").empty());
}

// Ours: YAML reads 0x10 as 16, events spell it as text; the specification's example has quotes.
TEST_CASE("a hexadecimal number without quotes is a warning") {
  CHECK(selection_problems("A: 0x1F") ==
        "warning 6:8 hexadecimal_number: '0x1F' without quotes is the number 31 "
        "(put it in quotes if events spell it like this)");
  CHECK(selects("A: 0x1F", R"({"A": 31})"));
  CHECK_FALSE(selects("A: 0x1F", R"({"A": "0x1F"})"));
  CHECK(selects("A: '0x1F'", R"({"A": "0x1f"})"));
}

// Ours: there the text counts, so there is nothing to warn of.
TEST_CASE("a hexadecimal number that counts as text is no warning") {
  CHECK(selection_problems("A|contains: 0x1F").empty());
  CHECK(selection_problems("- 0x1F").empty());
  CHECK(selects("A|contains: 0x1F", R"({"A": "at 0x1F"})"));
}

// Ours: no rule means it, but the name is usable.
TEST_CASE("a modifier on a search identifier is a warning") {
  CHECK(problems_of("a|all: [x, y]\ncondition: 1 of a*") ==
        "warning 5:3 odd_identifier: modifiers belong to fields; "
        "here '|' is part of the search identifier's name");
}

// ---- what a rule is made of

// Ours: every field is named once, so that readers can be bound to them.
TEST_CASE("a rule knows every field it names, each once") {
  const RuleWorld world(
      rule_with("a:\n  A: x\n  B|fieldref: C\nb:\n  - A: y\n  - 'D E': z\ncondition: a or b") +
      "fields: [A, F]\n");
  std::vector<std::string> names;
  for (const FieldId field : world.rule().fields) names.emplace_back(world.fields().name(field));
  CHECK(names == std::vector<std::string>{"A", "B", "C", "DE", "F"});
}

// Ours: YAML's own limits keep hostile rules small; a rule needs no anchors.
TEST_CASE("anchors, aliases and tags in a rule are rejected") {
  CHECK(selection_problems("A: &x y\nB: *x").find("6:8 yaml_anchor") == 0);
  CHECK(selection_problems("A: !x y").find("6:8 yaml_tag") == 0);
}

// YAML 1.2 §3.2.1.3: keys are unique. Other readers take the last one, silently.
TEST_CASE("a field that a map names twice is rejected") {
  CHECK(selection_problems("A: x\nA: y").find("7:5 yaml_duplicate_key: the key 'A' is there already") == 0);
}

// pySigma: SigmaDetections.from_dict leaves `timeframe` out.
TEST_CASE("a timeframe is no search identifier") {
  const std::string detection = "selection: {A: x}\ntimeframe: 5m\ncondition: all of them";
  CHECK(matches(detection, R"({"A":"x"})"));
  CHECK(
      problems_of(detection) ==
      "warning 6:3 unused_timeframe: 'timeframe' has no effect (count and correlate in a correlation rule)");
}

}  // namespace
}  // namespace alarum::sigma

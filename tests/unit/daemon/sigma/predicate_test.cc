#include "daemon/sigma/predicate.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

// ---- text

// Rules specification, General: "All values are treated as case-insensitive strings".
TEST_CASE("text compares in any case") {
  CHECK(selects("Image: CMD.exe", R"({"Image": "cmd.EXE"})"));
  CHECK(selects("Image: 'É*ж'", R"({"Image": "éxЖ"})"));
  CHECK_FALSE(selects("Image: cmd.exe", R"({"Image": "cmd.com"})"));
}

// The specification is silent about what case is; ours: simple case folding of Unicode, locale or not.
TEST_CASE("case folding is simple: the Kelvin sign is a k, and a sharp s stays one letter") {
  CHECK(selects("A: K", "{\"A\": \"\u212A\"}"));
  CHECK(selects("A: \u212A", R"({"A": "k"})"));
  CHECK(selects("A: 'STRAßE'", "{\"A\": \"straße\"}"));
  CHECK(selects("A: 'straße'", "{\"A\": \"STRA\u1E9EE\"}"));
  CHECK_FALSE(selects("A: straße", R"({"A": "strasse"})"));
  CHECK_FALSE(selects("A: I", "{\"A\": \"\u0131\"}"));
}

// Rules specification, Special Field Values: "An empty value is defined with ''".
TEST_CASE("empty text matches a field that is there and empty") {
  CHECK(selects("A: ''", R"({"A": ""})"));
  CHECK_FALSE(selects("A: ''", R"({"A": "x"})"));
  CHECK_FALSE(selects("A: ''", R"({"A": null})"));
  CHECK_FALSE(selects("A: ''", R"({"B": ""})"));
}

// Rules specification, String Wildcard; the specification is silent about presence; ours follows pySigma.
TEST_CASE("a lone asterisk matches every field that is there and not null") {
  CHECK(selects("A: '*'", R"({"A": ""})"));
  CHECK(selects("A: '*'", R"({"A": 1})"));
  CHECK(selects("A: '*'", R"({"A": {"B": 1}})"));
  CHECK_FALSE(selects("A: '*'", R"({"A": null})"));
  CHECK_FALSE(selects("A: '*'", R"({"B": 1})"));
}

// ---- null

// Rules specification, Special Field Values: "A null value is defined with null".
TEST_CASE("null matches a field that is missing or null") {
  CHECK(selects("A: null", R"({"B": 1})"));
  CHECK(selects("A: null", R"({"A": null})"));
  CHECK(selects("A:", R"({"B": 1})"));
  CHECK(selects("A: ~", R"({"B": 1})"));
  CHECK_FALSE(selects("A: null", R"({"A": ""})"));
  CHECK_FALSE(selects("A: 'null'", R"({"B": 1})"));
}

// pySigma: an empty list of values is null. The specification is silent.
TEST_CASE("an empty list of values is null") {
  CHECK(selects("A: []", R"({"B": 1})"));
  CHECK_FALSE(selects("A: []", R"({"A": 1})"));
}

// Ours: aliases are resolved event by event, never as "either is null".
TEST_CASE("null does not match an event that has the field under its other name") {
  CHECK_FALSE(selects_windows("ParentImage: null", R"({"ParentProcessName": "a.exe"})"));
  CHECK_FALSE(selects_windows("ParentImage: null", R"({"ParentImage": "a.exe"})"));
  CHECK_FALSE(selects_windows("ParentImage: null", R"({"ParentImage": null, "ParentProcessName": "a.exe"})"));
  CHECK(selects_windows("ParentImage: null", R"({"ParentProcessName": null})"));
}

// Rules specification, Condition, "Negation with 'not'": plain two-valued logic.
TEST_CASE("a negated selection holds where its field is missing") {
  const std::string_view detection = "a:\n  A: x\ncondition: not a";
  CHECK(matches(detection, R"({"B": "x"})"));
  CHECK_FALSE(matches(detection, R"({"A": "x"})"));
}

// ---- numbers and booleans

// Rules specification, Maps: "the value is a string or integer value". The rest is ours: by value.
TEST_CASE("a number matches numbers and text of the same value") {
  CHECK(selects("A: 3", R"({"A": 3})"));
  CHECK(selects("A: 3", R"({"A": "3"})"));
  CHECK(selects("A: 3", R"({"A": 3.0})"));
  CHECK(selects("A: 3", R"({"A": "03"})"));
  CHECK(selects("A: 1e3", R"({"A": 1000})"));
  CHECK_FALSE(selects("A: 3", R"({"A": 33})"));
  CHECK_FALSE(selects("A: 3", R"({"A": "3 "})"));
  CHECK_FALSE(selects("A: 1", R"({"A": true})"));
}

// Ours, for the same reason: numbers in quotes are common in rules.
TEST_CASE("text that spells a number matches numbers of the same value and text of the same spelling") {
  CHECK(selects("A: '3'", R"({"A": 3})"));
  CHECK(selects("A: '3.0'", R"({"A": 3})"));
  CHECK(selects("A: '03'", R"({"A": "03"})"));
  CHECK_FALSE(selects("A: '03'", R"({"A": "3"})"));
}

// Ours: a double would make neighbours equal; identifiers of processes and logons are that large.
TEST_CASE("numbers compare exactly beyond the precision of a double") {
  CHECK(selects("A: 9007199254740993", R"({"A": 9007199254740993})"));
  CHECK_FALSE(selects("A: 9007199254740993", R"({"A": 9007199254740992})"));
  CHECK_FALSE(selects("A: 9007199254740993", R"({"A": "9007199254740992"})"));
  CHECK_FALSE(selects("A|gt: 9007199254740992", R"({"A": 9007199254740992})"));
  CHECK(selects("A|gt: 9007199254740992", R"({"A": 9007199254740993})"));
}

// Ours: the text of a number is what the record spells.
TEST_CASE("wildcards and expressions look at a number as it is spelled in the event") {
  CHECK(selects("A: '46*'", R"({"A": 4624})"));
  CHECK(selects("A|re: '^46\\d\\d$'", R"({"A": 4624})"));
  CHECK(selects("A|endswith: '.0'", R"({"A": 1.0})"));
}

// pySigma: SigmaBool. The specification is silent.
TEST_CASE("a boolean matches the boolean and the word in any case") {
  CHECK(selects("A: true", R"({"A": true})"));
  CHECK(selects("A: true", R"({"A": "True"})"));
  CHECK(selects("A: 'true'", R"({"A": true})"));
  CHECK(selects("A: false", R"({"A": false})"));
  CHECK_FALSE(selects("A: true", R"({"A": false})"));
  CHECK_FALSE(selects("A: true", R"({"A": 1})"));
  CHECK_FALSE(selects("A: false", R"({"B": 1})"));
}

// YAML 1.2 §10.3: the core schema, in which `yes` is text. YAML 1.1 would make it true.
TEST_CASE("yes, no, on and off are text") {
  CHECK(selects("A: yes", R"({"A": "Yes"})"));
  CHECK_FALSE(selects("A: yes", R"({"A": true})"));
}

// ---- arrays and objects

// The specification is silent; ours: an array is several values of one field.
TEST_CASE("an item holds when any element of an array satisfies it") {
  CHECK(selects("A: y", R"({"A": ["x", "y"]})"));
  CHECK(selects("A|endswith: '2'", R"({"A": [["11"], 22]})"));
  CHECK_FALSE(selects("A: z", R"({"A": ["x", "y"]})"));
}

// Ours: `all` asks that every value is there, not that one element has them all.
TEST_CASE("under all, different elements of an array may satisfy different values") {
  CHECK(selects("A|all: [x, y]", R"({"A": ["x", "y"]})"));
  CHECK(selects("A|contains|all: [x, y]", R"({"A": ["ax", "ay"]})"));
  CHECK_FALSE(selects("A|all: [x, z]", R"({"A": ["x", "y"]})"));
}

// Ours: `neq` negates the whole item, so no element may be equal.
TEST_CASE("neq holds when no element of an array is equal") {
  CHECK(selects("A|neq: z", R"({"A": ["x", "y"]})"));
  CHECK_FALSE(selects("A|neq: y", R"({"A": ["x", "y"]})"));
}

// Ours: there is no value in it.
TEST_CASE("an empty array is a missing field") {
  CHECK(selects("A: null", R"({"A": []})"));
  CHECK_FALSE(selects("A: '*'", R"({"A": []})"));
  CHECK_FALSE(selects("A|exists: true", R"({"A": []})"));
}

// Ours: null is no value, beside others neither.
TEST_CASE("a null inside an array does not make the field null") {
  CHECK_FALSE(selects("A: null", R"({"A": [null, "x"]})"));
  CHECK(selects("A: x", R"({"A": [null, "x"]})"));
  CHECK(selects("A: null", R"({"A": [null]})"));
}

// Ours: dotted names are how SigmaHQ's rules for cloud logs write nested fields.
TEST_CASE("a nested field is named with dots") {
  CHECK(selects("userIdentity.type: Root", R"({"userIdentity": {"type": "Root"}})"));
  CHECK(selects("a.b.c: 1", R"({"a": {"b": {"c": 1}}})"));
  CHECK(selects("a.b: 1", R"({"a.b": 1})"));
  CHECK_FALSE(selects("b: 1", R"({"a": {"b": 1}})"));
}

// Ours: the elements' fields are several values, as if each were an array.
TEST_CASE("objects inside an array contribute their fields") {
  CHECK(selects("a.b: 2", R"({"a": [{"b": 1}, {"b": 2}]})"));
  CHECK(selects("a.b|all: [1, 2]", R"({"a": [{"b": 1}, {"b": 2}]})"));
  CHECK_FALSE(selects("a.b: 3", R"({"a": [{"b": 1}, {"b": 2}]})"));
}

// Ours: an object has no text.
TEST_CASE("an object is there but equals no text, number or expression") {
  const std::string_view event = R"({"A": {"B": 1}})";
  CHECK(selects("A|exists: true", event));
  CHECK_FALSE(selects("A: null", event));
  CHECK_FALSE(selects("A: ''", event));
  CHECK_FALSE(selects("A|re: '.*'", event));
  CHECK_FALSE(selects("A: 1", event));
  CHECK(selects("A|neq: x", event));
}

// ---- field names

// Rules specification, Field Usage 2: "strip all spaces".
TEST_CASE("names of fields compare without spaces, in the rule and in the event") {
  CHECK(selects("ProcessName: x", R"({"Process Name": "x"})"));
  CHECK(selects("'Process Name': x", R"({"ProcessName": "x"})"));
  CHECK(selects("'Process Name|contains': x", R"({"Process Name": "axb"})"));
}

// The specification is silent; ours: names are those of the event, and JSON's names have case.
TEST_CASE("names of fields are case-sensitive") { CHECK_FALSE(selects("image: x", R"({"Image": "x"})")); }

// Rules specification, Field Usage 1 and 3.
TEST_CASE("a Windows field is found under the names that Windows gives it") {
  CHECK(selects_windows("Image|endswith: '\\a.exe'", R"({"NewProcessName": "C:\\a.exe"})"));
  CHECK(selects_windows(
      "Provider_Name: P",
      R"({"Event": {"System": {"Provider": {"#attributes": {"Name": "P"}}}, "EventData": {}}})"));
}

// ---- structure

// Rules specification, Maps: "All elements of a map are joined with a logical 'AND'".
TEST_CASE("all lines of a map have to hold") {
  const std::string_view selection = "A: x\nB: y";
  CHECK(selects(selection, R"({"A": "x", "B": "y"})"));
  CHECK_FALSE(selects(selection, R"({"A": "x", "B": "z"})"));
}

// Rules specification, Maps: the example of EventID 517 or 1102.
TEST_CASE("any value of a list will do") {
  CHECK(selects("EventID: [517, 1102]", R"({"EventID": 1102})"));
  CHECK_FALSE(selects("EventID: [517, 1102]", R"({"EventID": 518})"));
}

// Modifiers appendix, "all": "changes this to AND".
TEST_CASE("all asks for every value of a list") {
  CHECK(selects("A|contains|all: [x, y]", R"({"A": "y-x"})"));
  CHECK_FALSE(selects("A|contains|all: [x, y]", R"({"A": "x"})"));
}

// Rules specification, Lists: "All map items of a list are logically linked with 'OR'".
TEST_CASE("any map of a list will do") {
  const std::string_view selection = "- A: x\n  B: y\n- C: z";
  CHECK(selects(selection, R"({"C": "z"})"));
  CHECK(selects(selection, R"({"A": "x", "B": "y"})"));
  CHECK_FALSE(selects(selection, R"({"A": "x"})"));
}

// pySigma: lists nest. The specification is silent.
TEST_CASE("lists inside lists are more alternatives") {
  CHECK(selects("A: [x, [y, [z]]]", R"({"A": "z"})"));
  CHECK(selects("- [{A: x}, {A: y}]\n- B: z", R"({"A": "y"})"));
}

// Rules specification, Lists: strings are searched everywhere, maps in their fields.
TEST_CASE("a list may hold maps and keywords") {
  const std::string_view selection = "- A: x\n- mimikatz";
  CHECK(selects(selection, R"({"A": "x"})"));
  CHECK(selects(selection, R"({"B": "run mimikatz"})"));
  CHECK_FALSE(selects(selection, R"({"B": "x"})"));
}

// ---- keywords

// Rules specification, Keywords search: "searching for keywords across an entire event".
TEST_CASE("keywords are looked for inside every value of the event") {
  const std::string_view selection = "- event::clear\n- event::drop";
  CHECK(selects(selection, R"({"A": 1, "B": {"C": ["x", "run EVENT::DROP now"]}})"));
  CHECK_FALSE(selects(selection, R"({"A": "event", "B": "::clear"})"));
}

// The specification is silent; ours: names are the source's, not what happened.
TEST_CASE("keywords do not look at the names of fields") {
  CHECK_FALSE(selects("- mimikatz", R"({"mimikatz": 1})"));
}

// pySigma: a selection may be one text. The specification is silent.
TEST_CASE("a single text is a keyword") { CHECK(matches("k: abc\ncondition: k", R"({"A": "xabcx"})")); }

// Rules specification, Keywords search: `'|all':`. Ours: each keyword may be in another value.
TEST_CASE("all over keywords asks for each of them, in whatever values") {
  const std::string_view selection = "'|all': [OabVirtualDirectory, ' -ExternalUrl ']";
  CHECK(selects(selection, R"({"A": "Set-OabVirtualDirectory", "B": "x -ExternalUrl y"})"));
  CHECK(selects(selection, R"({"A": "Set-OabVirtualDirectory -ExternalUrl y"})"));
  CHECK_FALSE(selects(selection, R"({"A": "Set-OabVirtualDirectory"})"));
}

// Rules specification, Lists: "strings that are applied to the full log message".
TEST_CASE("a keyword is text, whatever it looks like") {
  CHECK(selects("- 4625", R"({"A": "x46259"})"));
  CHECK(selects("- 4625", R"({"A": 146250})"));
  CHECK(selects("- true", R"({"A": "untrue"})"));
  CHECK(selects("- 0x1F", R"({"A": "at 0x1f"})"));
}

// Rules specification, String Wildcard.
TEST_CASE("a keyword may hold wildcards") {
  CHECK(selects("- 'a*c?e'", R"({"A": "x abbbcde x"})"));
  CHECK_FALSE(selects("- 'a*c?e'", R"({"A": "x ce x"})"));
}

// The specification is silent; ours: a modifier means for keywords what it means for fields.
TEST_CASE("modifiers work on keywords too") {
  CHECK(selects("'|re': '^ab+$'", R"({"A": "abb"})"));
  CHECK_FALSE(selects("'|re': '^ab+$'", R"({"A": "xabb"})"));
  CHECK_FALSE(selects("'|cased': ABC", R"({"A": "abc"})"));
  CHECK(selects("'|startswith': abc", R"({"A": "abcd"})"));
  CHECK_FALSE(selects("'|startswith': abc", R"({"A": "xabc"})"));
  CHECK(selects("'|contains': abc", R"({"A": "xabcx"})"));
  CHECK(selects("'|cidr': 10.0.0.0/8", R"({"A": "10.1.2.3"})"));
}

}  // namespace
}  // namespace alarum::sigma

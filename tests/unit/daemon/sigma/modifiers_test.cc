#include "daemon/sigma/modifiers.h"

#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

// ---- places of text

// Modifiers appendix, "contains", "startswith", "endswith".
TEST_CASE("contains, startswith and endswith say where the value has to stand") {
  CHECK(selects("A|contains: bc", R"({"A": "aBCd"})"));
  CHECK(selects("A|startswith: ab", R"({"A": "ABcd"})"));
  CHECK_FALSE(selects("A|startswith: bc", R"({"A": "abcd"})"));
  CHECK(selects("A|endswith: '\\cmd.exe'", R"({"A": "C:\\CMD.EXE"})"));
  CHECK_FALSE(selects("A|endswith: cmd", R"({"A": "cmd.exe"})"));
}

// Rules specification, String Wildcard: modifiers and wildcards may be mixed.
TEST_CASE("wildcards inside a value stay wildcards under contains, startswith and endswith") {
  CHECK(selects("A|contains: 'a*d'", R"({"A": "xabcdx"})"));
  CHECK(selects("A|startswith: 'a?c'", R"({"A": "abcd"})"));
  CHECK_FALSE(selects("A|endswith: 'a?c'", R"({"A": "abcd"})"));
}

// The specification is silent; follows from "puts `*` wildcards around the values".
TEST_CASE("contains with empty text matches every field that is there") {
  CHECK(selects("A|contains: ''", R"({"A": ""})"));
  CHECK_FALSE(selects("A|contains: ''", R"({"A": null})"));
}

// Ours: leading zeros are what the rule is about. pySigma rejects numbers here.
TEST_CASE("a number under a text modifier is the text that was written") {
  CHECK(selects("Details|contains: 00000429", R"({"Details": "x00000429x"})"));
  CHECK_FALSE(selects("Details|contains: 00000429", R"({"Details": "x429x"})"));
  CHECK(selects("A|startswith: 46", R"({"A": 4624})"));
  CHECK(selects("A|base64: 12", R"({"A": "MTI="})"));
}

// Modifiers appendix, String Modifiers: "can only be applied to string values".
TEST_CASE("a boolean or null under a text modifier is rejected") {
  CHECK(selection_problems("A|contains: true") ==
        "6:7 invalid_modifier: modifier 'contains' takes text, not true");
  CHECK(selection_problems("A|endswith: null") ==
        "6:7 invalid_modifier: modifier 'endswith' takes text, not null");
  CHECK(selection_problems("A|windash: false").find("takes text, not false") != std::string::npos);
  CHECK(selection_problems("A|contains: []").find("takes text, not null") != std::string::npos);
}

// Rules specification, Value Modifiers: "applied in the given order".
TEST_CASE("modifiers apply from left to right") {
  CHECK(selects("A|base64|contains: foo", R"({"A": "xZm9vx"})"));
  CHECK(selection_problems("A|contains|cidr: 10.0.0.0/8").find("modifier 'cidr' takes") != std::string::npos);
}

// ---- cased

// Modifiers appendix, "cased".
TEST_CASE("cased compares case-sensitively, before or behind other modifiers") {
  CHECK(selects("A|cased: Abc", R"({"A": "Abc"})"));
  CHECK_FALSE(selects("A|cased: Abc", R"({"A": "abc"})"));
  CHECK_FALSE(selects("A|contains|cased: Abc", R"({"A": "xabcx"})"));
  CHECK_FALSE(selects("A|cased|contains: Abc", R"({"A": "xabcx"})"));
  CHECK(selects("A|cased|contains: Abc", R"({"A": "xAbcx"})"));
}

// ---- exists

// Modifiers appendix, "exists": "only verifies the presence of a field, not its value, be it empty or null".
TEST_CASE("exists asks whether a field is there, be it empty or null") {
  CHECK(selects("A|exists: true", R"({"A": ""})"));
  CHECK(selects("A|exists: true", R"({"A": null})"));
  CHECK_FALSE(selects("A|exists: true", R"({"B": 1})"));
  CHECK(selects("A|exists: false", R"({"B": 1})"));
  CHECK_FALSE(selects("A|exists: false", R"({"A": null})"));
}

// Ours: a field is there when it is there under any of its names.
TEST_CASE("exists finds a field under its other name") {
  CHECK(selects_windows("Image|exists: true", R"({"NewProcessName": "a"})"));
  CHECK_FALSE(selects_windows("Image|exists: false", R"({"NewProcessName": "a"})"));
}

// Modifiers appendix, "exists": "by providing a boolean value". pySigma: SigmaExistsModifier.
TEST_CASE("exists takes a boolean, alone, with a field") {
  CHECK(selection_problems("A|exists: 'true'") ==
        "6:7 invalid_modifier: modifier 'exists' takes true or false, alone, not 'true' (leave the quotes "
        "out)");
  CHECK(selection_problems("A|exists: 1").find("takes true or false") != std::string::npos);
  CHECK(selection_problems("A|exists|neq: true") ==
        "6:5 invalid_modifier: modifier 'exists' stands alone, with one value");
  CHECK(selection_problems("A|exists: [true, false]") ==
        "6:5 invalid_modifier: modifier 'exists' stands alone, with one value");
  CHECK_FALSE(selection_problems("'|exists': true").empty());
}

// ---- all and neq

// Modifiers appendix, "all": "Single item values are not allowed". pySigma tolerates it, so do we.
TEST_CASE("all over a single value is a warning") {
  CHECK(selection_problems("A|all: x") ==
        "warning 6:5 all_of_one: modifier 'all' over a single value "
        "(the specification allows 'all' for lists only; leave it out)");
  CHECK(selects("A|contains|all: x", R"({"A": "axb"})"));
}

// Modifiers appendix, "neq": "different from the specified values".
TEST_CASE("neq holds where the field is different from all values") {
  CHECK(selects("A|neq: x", R"({"A": "y"})"));
  CHECK_FALSE(selects("A|neq: x", R"({"A": "X"})"));
  CHECK_FALSE(selects("A|neq: [x, y]", R"({"A": "y"})"));
  CHECK(selects("A|neq: [x, y]", R"({"A": "z"})"));
  CHECK_FALSE(selects("A|neq: 5", R"({"A": "5.0"})"));
}

// pySigma: SigmaNotEqualModifier, the negation of the whole item. The specification is silent.
TEST_CASE("neq holds where the field is missing") {
  CHECK(selects("A|neq: x", R"({"B": 1})"));
  CHECK(selects("A|neq: x", R"({"A": null})"));
}

// pySigma: SigmaNotEqualModifier.
TEST_CASE("neq negates what the other modifiers say") {
  CHECK(selects("A|contains|neq: x", R"({"A": "abc"})"));
  CHECK_FALSE(selects("A|neq|contains: x", R"({"A": "axc"})"));
  CHECK(selects("A|contains|all|neq: [x, y]", R"({"A": "x"})"));
  CHECK_FALSE(selects("A|contains|all|neq: [x, y]", R"({"A": "xy"})"));
  CHECK(selects("A|neq: null", R"({"A": 1})"));
  CHECK_FALSE(selects("A|neq: null", R"({"B": 1})"));
  CHECK(selects("A|gt|neq: 5", R"({"A": 5})"));
}

// ---- cidr

// Modifiers appendix, "cidr": "Supports both IPv4 and IPv6 notations".
TEST_CASE("cidr matches addresses of a network, of both versions") {
  CHECK(selects("A|cidr: 10.0.0.0/8", R"({"A": "10.255.0.1"})"));
  CHECK_FALSE(selects("A|cidr: 10.0.0.0/8", R"({"A": "11.0.0.1"})"));
  CHECK(selects("A|cidr: 192.168.4.0/22", R"({"A": "192.168.7.255"})"));
  CHECK_FALSE(selects("A|cidr: 192.168.4.0/22", R"({"A": "192.168.8.0"})"));
  CHECK(selects("A|cidr: '2001:db8::/32'", R"({"A": "2001:DB8:1::1"})"));
  CHECK_FALSE(selects("A|cidr: '2001:db8::/32'", R"({"A": "2001:db9::1"})"));
  CHECK(selects("A|cidr: [127.0.0.0/8, '::1/128']", R"({"A": "::1"})"));
}

// Ours: RFC 4291 §2.5.5.2, both spellings are one address.
TEST_CASE("an IPv4 address mapped to IPv6 is in its IPv4 network") {
  CHECK(selects("A|cidr: 10.0.0.0/8", R"({"A": "::ffff:10.1.2.3"})"));
  CHECK_FALSE(selects("A|cidr: '::/96'", R"({"A": "10.1.2.3"})"));
}

// Ours: the network of one address.
TEST_CASE("cidr without a prefix length is one address") {
  CHECK(selects("A|cidr: 10.0.0.1", R"({"A": "10.0.0.1"})"));
  CHECK_FALSE(selects("A|cidr: 10.0.0.1", R"({"A": "10.0.0.2"})"));
}

// The specification is silent; ours: no address is in no network.
TEST_CASE("cidr does not match what is no address") {
  const std::string_view event =
      GENERATE(R"({"A": "10.1.2"})", R"({"A": "10.1.2.3 "})", R"({"A": 10})", R"({"A": ""})", R"({"B": 1})");
  CHECK_FALSE(selects("A|cidr: 0.0.0.0/0", event));
}

// pySigma: SigmaCIDRExpression reads strictly, as Python's ipaddress does.
TEST_CASE("a network with bits behind its prefix is rejected") {
  CHECK(selection_problems("A|cidr: 10.1.0.0/8") ==
        "6:7 invalid_network: '10.1.0.0/8' is no network "
        "(write 10.0.0.0/8 or 2001:db8::/32, with no bits set behind the prefix)");
  const std::string wrong =
      GENERATE("10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.*", "x", "'2001:db8::/129'");
  CHECK(selection_problems("A|cidr: " + wrong).find("invalid_network") != std::string::npos);
}

// ---- fieldref

// Modifiers appendix, "fieldref": "compare fields of matched events directly".
TEST_CASE("fieldref compares with another field of the same event") {
  CHECK(selects("A|fieldref: B", R"({"A": "x", "B": "X"})"));
  CHECK_FALSE(selects("A|fieldref: B", R"({"A": "x", "B": "y"})"));
  CHECK(selects("A|fieldref: [B, C]", R"({"A": "x", "B": "y", "C": "x"})"));
  CHECK(selects("A|fieldref: 'b.c d'", R"({"A": "x", "b": {"cd": "x"}})"));
}

// Ours: nothing equals what is not there.
TEST_CASE("fieldref does not hold where either field is missing") {
  CHECK_FALSE(selects("A|fieldref: B", R"({"A": "x"})"));
  CHECK_FALSE(selects("A|fieldref: B", R"({"B": "x"})"));
  CHECK_FALSE(selects("A|fieldref: B", R"({"A": null, "B": null})"));
  CHECK_FALSE(selects("A|fieldref: B", "{}"));
}

// Ours: the field that is named is read as any other. A prototype of ours missed this.
TEST_CASE("fieldref finds the other field under its other name") {
  CHECK(selects_windows("Image|fieldref: ParentImage",
                        R"({"NewProcessName": "C:\\a.exe", "ParentProcessName": "c:\\A.exe"})"));
}

// pySigma: SigmaFieldReference with contains, startswith and endswith.
TEST_CASE("fieldref with contains, startswith and endswith looks for the other value") {
  const std::string_view event = R"({"A": "say hello there", "B": "HELLO", "C": "say", "D": "there"})";
  CHECK(selects("A|fieldref|contains: B", event));
  CHECK_FALSE(selects("A|fieldref|startswith: B", event));
  CHECK(selects("A|fieldref|startswith: C", event));
  CHECK(selects("A|fieldref|endswith: D", event));
  CHECK_FALSE(selects("A|fieldref|endswith: C", event));
  CHECK_FALSE(selects("A|fieldref: C", event));
}

// The specification is silent; ours: as other text, so in any case unless cased.
TEST_CASE("fieldref compares in any case unless cased") {
  CHECK_FALSE(selects("A|fieldref|cased: B", R"({"A": "x", "B": "X"})"));
  CHECK_FALSE(selects("A|cased|fieldref: B", R"({"A": "x", "B": "X"})"));
  CHECK(selects("A|fieldref|cased: B", R"({"A": "X", "B": "X"})"));
}

// Ours: as numbers compare elsewhere.
TEST_CASE("fieldref compares a number by value") {
  CHECK(selects("A|fieldref: B", R"({"A": 1, "B": "1.0"})"));
  CHECK(selects("A|fieldref: B", R"({"A": 10, "B": 1e1})"));
  CHECK_FALSE(selects("A|fieldref: B", R"({"A": "1", "B": "1.0"})"));
  CHECK(selects("A|fieldref: B", R"({"A": [1, 2], "B": [3, 2]})"));
  CHECK_FALSE(selects("A|fieldref|contains: B", R"({"A": 1, "B": "1.0"})"));
}

// Modifiers appendix, "fieldref": "Can be combined with the neq modifier".
TEST_CASE("fieldref with neq holds where the fields differ or one is missing") {
  CHECK(selects("A|fieldref|neq: B", R"({"A": "x", "B": "y"})"));
  CHECK_FALSE(selects("A|fieldref|neq: B", R"({"A": "x", "B": "x"})"));
  CHECK(selects("A|fieldref|neq: B", R"({"A": "x"})"));
}

// pySigma: SigmaFieldReferenceModifier.
TEST_CASE("fieldref rejects wildcards and values that are no names") {
  CHECK(selection_problems("A|fieldref: 'B*'").find("takes text without wildcards") != std::string::npos);
  CHECK(selection_problems("A|fieldref: true") ==
        "6:7 invalid_modifier: modifier 'fieldref' takes text, the name of a field, not true");
  CHECK(selection_problems("'|fieldref': B") == "6:7 invalid_modifier: modifier 'fieldref' needs a field");
}

// Ours: nothing has an empty name.
TEST_CASE("fieldref rejects an empty name") {
  CHECK(selection_problems("A|fieldref: ''").find("takes the name of a field, not ''") != std::string::npos);
  CHECK(selection_problems("A|fieldref: ' '").find("takes the name of a field") != std::string::npos);
}

// Ours: the hint names the cause.
TEST_CASE("contains before fieldref is rejected for its place") {
  CHECK(selection_problems("A|contains|fieldref: B")
            .find("must come before those that say where a value stands "
                  "(write the field as 'Field|fieldref|contains')") != std::string::npos);
}

// ---- expand

// Rules specification, Placeholders: "If the tool isn't able to handle placeholders, it must reject the
// rule".
TEST_CASE("a placeholder under expand is rejected") {
  CHECK(selection_problems("A|expand: 'x%Servers%'") ==
        "6:7 placeholder: placeholder %Servers% has no value "
        "(replace it by the values themselves; lists of values are not supported)");
  CHECK(selection_problems("A|contains|expand: '%domain-admins%'").find("%domain-admins%") !=
        std::string::npos);
}

// Rules specification, Escape Character: `\\` is a backslash, so what follows it is not escaped.
TEST_CASE("a placeholder behind an escaped backslash is one") {
  CHECK(selection_problems(R"(A|expand: 'C:\\%name%')").find("placeholder %name% ") != std::string::npos);
  CHECK(selects(R"(A|expand: 'C:\\\%name\%')", R"({"A": "C:\\%name%"})"));
  CHECK(selects(R"(A|expand: 'C:\\100%')", R"({"A": "C:\\100%"})"));
  CHECK(selects(R"(A|contains|expand: '\%a\%')", R"({"A": "x%a%x"})"));
  CHECK(selects(R"(A|endswith|expand: '\%a\%')", R"({"A": "x%a%"})"));
  CHECK(selection_problems(R"(A|base64|expand: '\%a\%')").find("must come before") != std::string::npos);
}

// The same; one peer reads the placeholder from a field of the event.
TEST_CASE("a placeholder in a filter rejects the rule too") {
  const std::string told =
      problems_of("s: {A: x}\nfilter:\n  U|expand: '%Admins%'\ncondition: s and not filter");
  CHECK(told.find("7:7 placeholder: placeholder %Admins% has no value") != std::string::npos);
}

// Rules specification, Placeholders: "`field: %name%` handles `%name%` as literal value".
TEST_CASE("without expand, percent signs are plain text") {
  CHECK(selects("A|contains: '%AppData%'", R"({"A": "cd %APPDATA%\\x"})"));
}

// Rules specification, Placeholders: "escaping it with a backslash".
TEST_CASE("under expand, an escaped percent sign is a plain one") {
  CHECK(selects(R"(A|expand: '\%plain\%')", R"({"A": "%plain%"})"));
  CHECK(selects("A|expand: '100%'", R"({"A": "100%"})"));
  CHECK(selects("A|expand: '50% of %'", R"({"A": "50% of %"})"));
  CHECK(selection_problems(R"(A|expand: '\%plain%name%')").find("placeholder %name% ") != std::string::npos);
}

// ---- unknown ones

// Rules specification, Value Modifiers; ours: nobody knows what the author meant.
TEST_CASE("an unknown modifier rejects the rule, with the name that was meant") {
  CHECK(selection_problems("A|startwith: x") ==
        "6:7 unknown_modifier: unknown modifier 'startwith' (did you mean 'startswith'?)");
  CHECK(selection_problems("A|contains|Cased: x").find("6:16 unknown_modifier") == 0);
  CHECK(selection_problems("A|contains|: x").find("6:16 unknown_modifier: unknown modifier ''") == 0);
}

}  // namespace
}  // namespace alarum::sigma

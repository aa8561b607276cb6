// What a plain scalar means: the core schema of YAML 1.2 (§10.3.2), and nothing of YAML 1.1.
#include "tests/unit/config/yaml_world.h"

namespace alarum::test {
namespace {

/// The only scalar of a file.
YamlNode scalar(const std::string& source) { return YamlWorld("[" + source + "]").root().items.at(0); }

std::string kind(const std::string& source) { return std::string(scalar(source).kind_name()); }

/// The number that `source` says, or `no number`.
std::string number(const std::string& source) { return scalar(source).as_number().value_or("no number"); }

}  // namespace

TEST_CASE("null is nothing, a tilde, or the word in three spellings") {
  CHECK(YamlWorld("a:\n").at("a").is_null());
  for (const std::string text : {"~", "null", "Null", "NULL"}) {
    CAPTURE(text);
    CHECK(scalar(text).is_null());
    CHECK(kind(text) == "empty");
  }
  CHECK(kind("nULL") == "text");
  CHECK(kind("none") == "text");
}

TEST_CASE("booleans are true and false in three spellings each") {
  for (const std::string text : {"true", "True", "TRUE"}) CHECK(scalar(text).as_bool() == true);
  for (const std::string text : {"false", "False", "FALSE"}) CHECK(scalar(text).as_bool() == false);
  for (const std::string text : {"yes", "no", "on", "off", "y", "n", "tRUE", "1"}) {
    CAPTURE(text);
    CHECK_FALSE(scalar(text).as_bool().has_value());
  }
}

TEST_CASE("yes and no are text") {
  CHECK(kind("yes") == "text");
  CHECK(kind("No") == "text");
}

TEST_CASE("whole numbers keep their digits, whatever their size") {
  CHECK(number("0") == "0");
  CHECK(number("-12") == "-12");
  CHECK(number("0777") == "0777");
  CHECK(number("123456789012345678901234567890") == "123456789012345678901234567890");
}

TEST_CASE("a plus sign, a bare point and a point without fraction are put straight") {
  CHECK(number("+5") == "5");
  CHECK(number("5.") == "5");
  CHECK(number(".5") == "0.5");
  CHECK(number("-.5") == "-0.5");
  CHECK(number("+.5e1") == "0.5e1");
  CHECK(number("5.e3") == "5e3");
}

TEST_CASE("fractions and exponents are numbers") {
  CHECK(number("1.50") == "1.50");
  CHECK(number("1e3") == "1e3");
  CHECK(number("-1.5E-10") == "-1.5E-10");
}

TEST_CASE("hexadecimal and octal numbers turn into decimal ones") {
  CHECK(number("0x1F") == "31");
  CHECK(number("0xffffffffffffffff") == "18446744073709551615");
  CHECK(number("0o17") == "15");
}

TEST_CASE("what only looks like a number is text") {
  for (const std::string text :
       {".", "-", "+", "e3", "1e", "1e+", ".e1", "1.2.3", "1_000", "0x", "0xG", "0o8", "-0x1", "0X1F", "0b1",
        "0x10000000000000000", "1:30", "1 2", "4688d"}) {
    CAPTURE(text);
    CHECK(number(text) == "no number");
    CHECK(kind(text) == "text");
  }
}

TEST_CASE("infinity and not-a-number are text") {
  for (const std::string text : {".inf", "-.inf", ".Inf", ".nan", ".NaN", "inf", "nan"}) {
    CAPTURE(text);
    CHECK(kind(text) == "text");
  }
}

TEST_CASE("what is quoted or a block scalar is text") {
  for (const std::string text : {"'5'", "\"5\"", "'true'", "'null'", "''", "\"~\""}) {
    CAPTURE(text);
    CHECK(kind(text) == "text");
  }
  CHECK(YamlWorld("a: |-\n  5\n").at("a").kind_name() == "text");
  CHECK(YamlWorld("a: >-\n  true\n").at("a").kind_name() == "text");
}

TEST_CASE("dates are text") { CHECK(kind("2026-01-02") == "text"); }

TEST_CASE("every kind of node has a name for messages") {
  CHECK(kind("{}") == "a mapping");
  CHECK(kind("[]") == "a list");
  CHECK(kind("true") == "a boolean");
  CHECK(kind("5") == "a number");
  CHECK(kind("x") == "text");
}

TEST_CASE("collections are neither null nor a boolean nor a number") {
  CHECK_FALSE(scalar("{}").is_null());
  CHECK_FALSE(scalar("[]").as_bool().has_value());
  CHECK_FALSE(scalar("[]").as_number().has_value());
}

}  // namespace alarum::test

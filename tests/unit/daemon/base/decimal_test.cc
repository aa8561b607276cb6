#include "daemon/base/decimal.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

Decimal number(std::string_view text) {
  const auto out = Decimal::parse(text);
  if (!out) FAIL(text << " is a number");
  return *out;
}

TEST_CASE("numbers are equal when their values are, however they are written") {
  for (const char* text : {"1", "1.0", "01", "10e-1", "0.1e1", "1E0", "1e+0", "0.001e3", "1000000e-6"}) {
    CHECK(number(text) == number("1"));
  }
  for (const char* text : {"0", "-0", "0.000", "0e5", "0e-999999999"}) CHECK(number(text) == number("0"));
}

TEST_CASE("numbers compare by value over the whole line") {
  const std::vector<std::string> ascending = {"-1e300", "-10", "-9.99", "-1",   "-0.5", "0",
                                              "1e-300", "0.5", "1",     "9",    "10",   "10.00001",
                                              "99",     "1e2", "1e300", "2e300"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      INFO(ascending[i] << " and " << ascending[j]);
      CHECK((number(ascending[i]) <=> number(ascending[j])) == (i <=> j));
    }
  }
}

TEST_CASE("numbers beyond the precision of a double differ where they do") {
  CHECK(number("9007199254740993") != number("9007199254740992"));
  CHECK(number("9007199254740993") > number("9007199254740992"));
  CHECK(number("18446744073709551615.1") > number("18446744073709551615"));
  CHECK(number("0.30000000000000001") != number("0.3"));
}

TEST_CASE("an exponent of any size is a number, beyond 10^18 the largest or smallest there is") {
  CHECK(number("1e999999999") > number("9e999999998"));
  CHECK(number("1e-999999999") > number("0"));
  CHECK(number("1e99999999999999999999999") > number("9e999999999"));
  CHECK(number("-1e99999999999999999999999") < number("-9e999999999"));
  CHECK(number("1e-99999999999999999999999") > number("0"));
  CHECK(number("1e-99999999999999999999999") < number("1e-999999999"));
  CHECK(number("1e0000000000000000000000002") == number("100"));
  CHECK(number("1" + std::string(5000, '0')) == number("1e5000"));
}

TEST_CASE("a whole number is told by its value, whatever its spelling") {
  CHECK(number("4688").as_whole(65535) == 4688U);
  CHECK(number("4688.0").as_whole(65535) == 4688U);
  CHECK(number("46.88e2").as_whole(65535) == 4688U);
  CHECK(number("-0").as_whole(65535) == 0U);
  CHECK(number("65535").as_whole(65535) == 65535U);
  for (const char* text : {"65536", "4688.5", "-1", "1e30", "1e-1", "1e99999999999999999999999"}) {
    CHECK_FALSE(number(text).as_whole(65535));
  }
}

TEST_CASE("what is no number is none") {
  for (const char* text : {"", "-", "+1", ".5", "5.", "1e", "1e+", "e5", "0x10", "1 ", " 1", "1,5", "--1",
                           "NaN", "Infinity", "1.2.3", "1e5.0", "\xD9\xA1"}) {
    CHECK_FALSE(Decimal::parse(text));
  }
}

TEST_CASE("the grammar of JSON knows no leading zeros") {
  for (const char* text : {"0", "-0", "10", "0.5", "1e5", "-1.5E-3"}) CHECK(is_json_number(text));
  for (const char* text : {"01", "-01", "00", ".5", "5.", "+1", "", "1e"}) CHECK_FALSE(is_json_number(text));
}

}  // namespace
}  // namespace alarum

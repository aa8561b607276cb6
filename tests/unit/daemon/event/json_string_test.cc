#include "daemon/event/json_decoder.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

using namespace std::string_literals;

/// The text that stands for `inside`, which is put in quotes; `wrong` where it stands for none.
std::string unescaped(std::string_view inside) {
  Arena arena;
  const std::string raw = '"' + std::string(inside) + '"';
  const auto text = unescape(raw, arena);
  return text ? std::string(*text) : "wrong";
}

}  // namespace

TEST_CASE("a string without escapes is used in place") {
  Arena arena;
  const std::string raw = R"("C:/Windows")";

  CHECK(unescape(raw, arena)->data() == raw.data() + 1);
  CHECK(unescaped("").empty());
}

TEST_CASE("the short escapes of JSON") {
  CHECK(unescaped(R"(\"\\\/)") == R"("\/)");
  CHECK(unescaped(R"(\b\f\n\r\t)") == "\b\f\n\r\t");
  CHECK(unescaped(R"(C:\\Windows\\a)") == R"(C:\Windows\a)");
}

TEST_CASE("escapes with hex digits of either case") {
  CHECK(unescaped(R"(\u0041\u00e4\u00E4\u20aC)") == "Aää€");
  CHECK(unescaped(R"(a\u0000b)") == "a\0b"s);
  CHECK(unescaped(R"(\uFFFF\uD7FF\uE000)") == "\xEF\xBF\xBF\xED\x9F\xBF\xEE\x80\x80");
}

TEST_CASE("a pair of surrogates is one character") {
  CHECK(unescaped(R"(\ud83d\ude00)") == "😀");
  CHECK(unescaped(R"(\uD800\uDC00\uDBFF\uDFFF)") == "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}

TEST_CASE("half a pair of surrogates is wrong") {
  const std::string inside =
      GENERATE(R"(\ud800)", R"(\udfff)", R"(\ude00\ud83d)", R"(\ud800\ud800)", R"(\ud800x)", R"(\ud800\n)",
               R"(\ud800\u0041)", R"(\ud800\udc0)", R"(\ud800\u)", R"(\ud800\)");
  CAPTURE(inside);
  CHECK(unescaped(inside) == "wrong");
}

TEST_CASE("an escape that JSON does not have is wrong") {
  const std::string inside = GENERATE(R"(\x41)", R"(\')", R"(\a)", R"(\0)", R"(\U0041)", R"(\u)", R"(\u004)",
                                      R"(\u00g1)", R"(\u 041)", "\\");
  CAPTURE(inside);
  CHECK(unescaped(inside) == "wrong");
}

TEST_CASE("an escape does not look beyond the string") {
  Arena arena;
  const std::string bytes = R"("\u00"41")";

  CHECK_FALSE(unescape(std::string_view(bytes).substr(0, 6), arena).has_value());
}

}  // namespace alarum

#include "responders/foreign_text.h"

#include <catch2/catch.hpp>

namespace alarum {

TEST_CASE("UTF-16 units are counted as Java and JavaScript do") {
  CHECK(utf16_units("") == 0);
  CHECK(utf16_units("aü…") == 3);
  CHECK(utf16_units("\U0001F600") == 2);
  CHECK(utf16_units("\xFF\xE2\x82") == 3);
}

TEST_CASE("a text that fits stays as it is") {
  CHECK(fitted("", 0).text.empty());
  CHECK_FALSE(fitted("", 0).is_cut);
  CHECK(fitted("abc", 3).text == "abc");
  CHECK_FALSE(fitted("abc", 3).is_cut);
  CHECK(fitted("ü\U0001F600", 3).text == "ü\U0001F600");
}

TEST_CASE("a text that is too long ends in an ellipsis, within its limit") {
  CHECK(fitted("abcd", 3).text == "ab…");
  CHECK(fitted("abcd", 3).is_cut);
  CHECK(fitted("abcd", 1).text == "…");
  CHECK(fitted("abcd", 0).text.empty());
  CHECK(fitted("abcd", 0).is_cut);
}

TEST_CASE("a code point beyond the first plane counts as two, and is not cut in half") {
  CHECK(fitted("a\U0001F600b", 3).text == "a…");
  CHECK(fitted("a\U0001F600b", 4).text == "a\U0001F600b");
  CHECK(fitted("\U0001F600\U0001F600", 3).text == "\U0001F600…");
}

TEST_CASE("what an encoder wrote for one code point is not cut in half") {
  const auto encode = [](std::string_view, std::size_t, std::size_t) { return std::string("&amp;"); };
  CHECK(fitted("&&", 10, encode).text == "&amp;&amp;");
  CHECK(fitted("&&", 9, encode).text == "&amp;…");
  CHECK(fitted("&&&", 10, encode).text == "&amp;…");
  CHECK(fitted("&&", 5, encode).text == "…");
}

TEST_CASE("line feeds and tabs are shown as such where a text may have lines") {
  CHECK(shown("a\n\tb\r\x1B", Lines::several, 100) == "a\n\tb\\u{000D}\\u{001B}");
  CHECK(shown("a\n\tb", Lines::one, 100) == "a\\u{000A}\\u{0009}b");
  CHECK(shown("a\u202Eb\xFF", Lines::several, 100) == "a\\u{202E}b\\xFF");
  CHECK(shown("\x1B\x1B", Lines::one, 10) == "\\u{001B}…");
}

TEST_CASE("a link that ends no markup is plain") {
  CHECK(is_plain_link("https://alarum.example.org:8443/i/1?a=b&c=%20"));
  for (const char* text : {"", "https://", "ftp://a.example/", "https://a.example/[", "https://a.example/|x",
                           "https://a.example/\"", "https://a.example/ ", "https://joe@a.example/",
                           "https://a.example/{x}", "https://a.example/\u202E"})
    CHECK_FALSE(is_plain_link(text));
}

}  // namespace alarum

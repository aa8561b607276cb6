#include "daemon/base/arena.h"
#include "daemon/base/base64.h"
#include "daemon/base/digest.h"
#include "daemon/base/fold.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/printable.h"
#include "daemon/base/string_map.h"
#include "daemon/base/suggest.h"
#include "daemon/base/utf8.h"

#include <catch2/catch.hpp>

#include <array>
#include <utility>

namespace alarum {
namespace {

/// Whether every byte of `text` belongs to a valid sequence.
bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if ((point.value & utf8_invalid) != 0) return false;
    at += point.size;
  }
  return true;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += digits[static_cast<unsigned char>(byte) >> 4U];
    out += digits[static_cast<unsigned char>(byte) & 0xFU];
  }
  return out;
}

// CaseFolding.txt, status C and S.
TEST_CASE("folding is simple: one code point becomes one") {
  CHECK(folded("ABCxyz09") == "abcxyz09");
  CHECK(folded("ÄÖÜ") == "äöü");
  CHECK(folded("ΣσςΑ") == "σσσα");
  CHECK(folded("ß") == "ß");
  CHECK(folded("ẞ") == "ß");
  CHECK(folded("\u212A") == "k");  // the Kelvin sign
  CHECK(folded("İ") == "İ");
  CHECK(folded("Ж") == "ж");
}

TEST_CASE("bytes that are not UTF-8 pass through folding") {
  CHECK(folded("A\xFF\xC3") == "a\xFF\xC3");
  CHECK(folded("\xED\xA0\x80X") == "\xED\xA0\x80x");
}

TEST_CASE("UTF-8 is exactly what RFC 3629 allows") {
  for (const char* text :
       {"", "a", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF"}) {
    CHECK(is_utf8(text));
  }
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xFE"}) {
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("any bytes can be walked and written again") {
  const std::string text = "a\xC3\xBC\xFF\xE2\x82\xF0\x9F\x98\x80\xED\xA0\x80";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    append_utf8(out, point.value);
    at += point.size;
  }
  CHECK(out == text);
}

TEST_CASE("nothing that moves a cursor is printable") {
  CHECK(printable("plain ü 日本") == "plain ü 日本");
  CHECK(printable("\x1B[2J\r\n\t\x7F") == "\\u{001B}[2J\\u{000D}\\u{000A}\\u{0009}\\u{007F}");
  CHECK(printable("\u0085\u202E\u2066\u2028") == "\\u{0085}\\u{202E}\\u{2066}\\u{2028}");
  CHECK(printable("a\xFF") == "a\\xFF");
  CHECK(printable_lines("a\tb\nc\x1B[2J") == "a\\u{0009}b\nc\\u{001B}[2J\n");
  CHECK(printable_lines("") == "\n");
}

TEST_CASE("the nearest word is near") {
  constexpr std::array<std::string_view, 4> known = {"startswith", "endswith", "contains", "depth_max"};
  CHECK(nearest_word("startwith", known) == "startswith");
  CHECK(nearest_word("STARTSWITH", known) == "startswith");
  CHECK(nearest_word("contians", known) == "contains");
  CHECK(nearest_word("depth", known) == "depth_max");
  CHECK(nearest_word("de", known).empty());
  CHECK(nearest_word("regex", known).empty());
  CHECK(nearest_word("", known).empty());
  CHECK(nearest_word(std::string(1000, 'a'), known).empty());
  CHECK(did_you_mean("contain", known) == "did you mean 'contains'?");
  CHECK(did_you_mean("xyz", known).empty());
}

TEST_CASE("JSON is compact and in the order of the calls") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("a").begin_array().number(-5).boolean(true).null().raw("1.50").end_array();
  json.key("b").begin_object().end_object().key("c").text("x").end_object();
  CHECK(out == R"({"a":[-5,true,null,1.50],"b":{},"c":"x"})");
}

// RFC 8259 §7.
TEST_CASE("text in JSON is escaped where it must be, and always UTF-8") {
  const auto written = [](std::string_view text) {
    std::string out;
    JsonWriter(out).text(text);
    return out;
  };
  CHECK(written("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(written(std::string_view("\0\x01\x1F\n\t", 5)) == R"("\u0000\u0001\u001f\n\t")");
  CHECK(written("ü\U0001F600") == "\"ü\U0001F600\"");
  CHECK(written("a\xFF") == "\"a\uFFFD\"");
}

// FIPS 180-4, and the worked examples of NIST.
TEST_CASE("digests are SHA-256, and ids tell parts apart") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(id_of({"ab", "c"}).size() == 32);
  CHECK(id_of({"ab", "c"}) != id_of({"a", "bc"}));
  CHECK(id_of({"a", ""}) != id_of({"a"}));
  CHECK(id_of({"a", "b"}) == id_of({"a", "b"}));
}

// RFC 4231 §4.2, §4.3, §4.7; the last one by Python's hmac.
TEST_CASE("HMAC gives the test vectors of its standard, for keys of any length") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(
      hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hex(hmac_sha256("", "")) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// RFC 4648 §10.
TEST_CASE("Base64 encodes the test vectors of its standard, and decodes them") {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> vectors = {
      {{"", ""},
       {"f", "Zg=="},
       {"fo", "Zm8="},
       {"foo", "Zm9v"},
       {"foobar", "Zm9vYmFy"},
       {"\xFB\xFF\xBF", "+/+/"}}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64(bytes) == text);
    CHECK(base64_decoded(text) == std::string(bytes));
  }
}

TEST_CASE("what Base64 does not write has no bytes") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
                           "Zg==Zg==", "-_-_", "Zm9vYmF\xC3"}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decoded(text).has_value());
  }
}

TEST_CASE("an arena keeps what it gave until it is reset, also what is larger than a chunk") {
  Arena arena;
  const std::string large(200000, 'x');
  const std::string_view first = arena.copy("first");
  const std::string_view second = arena.copy(large);
  const std::string_view third = arena.copy("");
  CHECK(first == "first");
  CHECK(second == large);
  CHECK(third.empty());

  arena.reset();
  CHECK(arena.copy("other").data() == first.data());
}

TEST_CASE("a string map is asked with views") {
  StringMap<int> map;
  map.emplace("a", 1);
  CHECK(map.find(std::string_view("a"))->second == 1);
  CHECK(map.find(std::string_view("b")) == map.end());
}

}  // namespace
}  // namespace alarum

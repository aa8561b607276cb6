#include "daemon/sigma/encoding.h"

#include "daemon/base/base64.h"
#include "tests/unit/support/rule_world.h"

namespace alarum::sigma {
namespace {

using namespace std::string_literals;

bool appears_in_base64(const std::string& item, const std::string& bytes) {
  return selects(item, R"({"A": ")" + base64(bytes) + R"("})");
}

// Modifiers appendix, Encoding: "base64".
TEST_CASE("the modifier base64 compares with the encoded value, with padding") {
  CHECK(selects("A|base64: foob", R"({"A": "Zm9vYg=="})"));
  CHECK_FALSE(selects("A|base64: foob", R"({"A": "Zm9vYg"})"));
  CHECK(selects("A|base64|contains: foo", R"({"A": "x Zm9v x"})"));
}

// Rules specification, General: "All values are treated as case-insensitive strings".
TEST_CASE("encoded text is compared like other text, in any case unless cased") {
  CHECK(selects("A|base64: foo", R"({"A": "ZM9V"})"));
  CHECK_FALSE(selects("A|base64|cased: foo", R"({"A": "ZM9V"})"));
  CHECK(selects("A|base64|cased: foo", R"({"A": "Zm9v"})"));
}

// Modifiers appendix, Encoding: "base64offset": "except the first and last byte the encoded values have a
// static part in the middle".
TEST_CASE("base64offset keeps only the digits that do not depend on the text around") {
  CHECK(base64_at_offsets("foo") == std::array{"Zm9v"s, "Zvb"s, "mb2"s});
  CHECK(base64_at_offsets("foobar") == std::array{"Zm9vYmFy"s, "Zvb2Jhc"s, "mb29iYX"s});
  CHECK(base64_at_offsets("http://") == std::array{"aHR0cDovL"s, "h0dHA6Ly"s, "odHRwOi8v"s});
}

// Modifiers appendix, Encoding: "three variants for shifts by zero to two bytes". One peer misses these.
TEST_CASE("base64offset finds the value at every alignment, with text before and behind") {
  const std::string before = GENERATE("", "x", "xy", "xyz");
  const std::string after = GENERATE("", "1", "12", "123");
  const std::string value = GENERATE("IEX", "IEX ", "::FromB", "Add-MpPreference", "é€\U0001F600");
  CHECK(appears_in_base64("A|base64offset|contains|cased: '" + value + "'", before + value + after));
}

// Modifiers appendix, Encoding: "base64offset". The number of bytes counts; pySigma counts characters.
TEST_CASE("base64offset counts the bytes of a value, not its characters") {
  CHECK(base64_at_offsets("é") == std::array{"w6"s, "Op"s, "Dq"s});
}

// Ours: one byte leaves, at one alignment, nothing to look for, which would match everything.
TEST_CASE("base64offset rejects text that leaves nothing to look for") {
  CHECK(selection_problems("A|base64offset|contains: x") ==
        "6:7 invalid_modifier: modifier 'base64offset' needs longer text than 'x' "
        "(two bytes or more leave something to look for at every offset)");
  CHECK(selection_problems("A|base64offset|contains: ''").find("needs longer text") != std::string::npos);
  CHECK(selection_problems("A|base64offset|contains: xy").empty());
}

// pySigma: an expansion is linked with OR, even below "all".
TEST_CASE("under all, any alignment that base64offset made of a value will do") {
  const std::string item = "A|base64offset|contains|all: [foobar, quux]";
  CHECK(appears_in_base64(item, "-foobar-quux-"));
  CHECK_FALSE(appears_in_base64(item, "-foobar-"));
}

// pySigma: SigmaBase64Modifier. The specification is silent.
TEST_CASE("base64 and base64offset reject wildcards") {
  CHECK(selection_problems("A|base64: 'fo*'") ==
        "6:7 invalid_modifier: modifier 'base64' takes text without wildcards, not 'fo*' "
        "(write \\* or \\? for the characters themselves)");
  CHECK(selection_problems("A|base64offset: 'fo?'").find("without wildcards") != std::string::npos);
  CHECK(selection_problems("A|contains|base64: foo").find("without wildcards") != std::string::npos);
}

// Rules specification, Escape Character: the escaped characters are the value.
TEST_CASE("base64 encodes an escaped wildcard as the character itself") {
  CHECK(selects(R"(A|base64: 'a\*b')", R"({"A": "YSpi"})"));
}

// Modifiers appendix, Encoding: the examples of utf16le, utf16be and utf16.
TEST_CASE("the UTF-16 modifiers encode as the examples of the specification") {
  CHECK(utf16("cmd", Utf16Order::little_end) == "c\0m\0d\0"s);
  CHECK(utf16("cmd", Utf16Order::big_end) == "\0c\0m\0d"s);
  CHECK(selects("A|utf16|base64: cmd", R"({"A": "//5jAG0AZAA="})"));
}

// The Unicode Standard §3.9, table 3-5.
TEST_CASE("UTF-16 writes code points beyond the basic plane as surrogates") {
  CHECK(utf16("\U0001F600", Utf16Order::little_end) == "\x3D\xD8\x00\xDE"s);
  CHECK(utf16("€", Utf16Order::big_end) == "\x20\xAC"s);
  CHECK_FALSE(utf16("\xFF", Utf16Order::big_end).has_value());
}

// Modifiers appendix, Encoding: "wide: an alias for the utf16le modifier".
TEST_CASE("wide and utf16le are the same") {
  const std::string modifier = GENERATE("wide", "utf16le");
  CHECK(selects("A|" + modifier + "|base64: cmd", R"({"A": "YwBtAGQA"})"));
}

// Modifiers appendix, Encoding; encoded PowerShell commands are UTF-16 inside Base64.
TEST_CASE("a UTF-16 modifier before base64offset finds encoded commands at every alignment") {
  const std::string before = GENERATE("", "x", "xy");
  const std::string value = "IEX";
  CHECK(appears_in_base64("A|wide|base64offset|contains|cased: IEX",
                          before + *utf16(value, Utf16Order::little_end) + "tail"));
  CHECK(appears_in_base64("A|utf16be|base64offset|contains|cased: IEX",
                          before + *utf16(value, Utf16Order::big_end) + "tail"));
  CHECK(appears_in_base64("A|utf16|base64offset|contains|cased: IEX",
                          before + "\xFF\xFE" + *utf16(value, Utf16Order::little_end) + "tail"));
}

// Modifiers appendix, Encoding; ours: modifiers work on the pattern, so wildcards stay wildcards.
TEST_CASE("a UTF-16 modifier without base64 compares with text that holds the bytes") {
  CHECK(selects("A|wide|contains: cmd", R"({"A": "x c\u0000m\u0000d\u0000 x"})"));
  CHECK(selects("A|wide: 'c*d'", R"({"A": "c\u0000m\u0000d\u0000"})"));
}

}  // namespace
}  // namespace alarum::sigma

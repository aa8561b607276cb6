#include "daemon/event/json_decoder.h"

#include "tests/unit/support/event_world.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

std::string read(std::string bytes) { return test::JsonWorld().read(std::move(bytes)); }

}  // namespace

TEST_CASE("members of an object are fields, in the record's order") {
  CHECK(read(R"({"b":1,"a":"x","c":true,"d":false})") == R"(b=1 a="x" c=true d=false)");
  CHECK(read(R"({})").empty());
  CHECK(read("\t\r\n {\n \"a\" :\r\n1 \t} \n") == "a=1");
}

TEST_CASE("nested objects become dotted names, with a mark where an object stands") {
  CHECK(read(R"({"a":{"b":{"c":1}},"d":{}})") == "a={ a.b={ a.b.c=1 d={");
  CHECK(read(R"({"a.b":1})") == "a.b=1");
}

TEST_CASE("names are case-sensitive and compare without spaces") {
  CHECK(read(R"({"A b":1,"a b":2})") == "Ab=1 ab=2");
  CHECK(read(R"({" a b ":1,"ab":2})") == "ab=1 !duplicate");
}

TEST_CASE("escapes in a key are resolved before it is compared") {
  CHECK(read(R"({"\u0061\n\"":1})") == "a\n\"=1");
  CHECK(read(R"({"a":1,"\u0061":2})") == "a=1 !duplicate");
}

TEST_CASE("an empty key is a name like any other") {
  CHECK(read(R"({"":1})") == "=1");
  CHECK(read(R"({"a":{"":1}})") == "a={ a.=1");
}

TEST_CASE("a field below an empty key does not pass for one at the top") {
  CHECK(read(R"({"":{"Image":"harmless"},"Image":"evil"})") == R"(={ .Image="harmless" Image="evil")");
  CHECK(read(R"({"":{"":1}})") == "={ .=1");
}

TEST_CASE("null is there but has no value") {
  CHECK(read(R"({"a":null})") == "a=null");
  CHECK(read(R"({"a":[null,1]})") == "a=1null");
}

TEST_CASE("elements of an array are values of one field") {
  CHECK(read(R"({"a":[1,"x",true]})") == R"(a=1,"x",true)");
  CHECK(read(R"({"a":[]})") == "a=");
  CHECK(read(R"({"a":[[1,[2]],3]})") == "a=1,2,3");
}

TEST_CASE("an object inside an array contributes its members to the record") {
  CHECK(read(R"({"a":[{"b":1},{"b":2,"c":3}]})") == "a={,{ a.b=1,2 a.c=3");
  CHECK(read(R"({"a":[[{"b":1}],[{"b":2}]]})") == "a={,{ a.b=1,2");
  CHECK(read(R"({"a":[{"b":[{"c":1},{"c":2}]},{"b":[{"c":3}]}]})") == "a={,{ a.b={,{,{ a.b.c=1,2,3");
}

TEST_CASE("of a name that comes twice the first in the record's order counts") {
  CHECK(read(R"({"a":1,"a":2,"b":3})") == "a=1 b=3 !duplicate");
  CHECK(read(R"({"a":null,"a":2})") == "a=null !duplicate");
  CHECK(read(R"({"a":{"b":1,"b":2}})") == "a={ a.b=1 !duplicate");
  CHECK(read(R"({"a":1,"a":{"b":2}})") == "a=1 !duplicate");
}

TEST_CASE("a dotted name and nested objects that spell the same are duplicates") {
  CHECK(read(R"({"a":{"b":1},"a.b":2})") == "a={ a.b=1 !duplicate");
  CHECK(read(R"({"a.b":2,"a":{"b":1}})") == "a.b=2 a={ !duplicate");
}

TEST_CASE("a name may come again in another element of an array, but not in the same") {
  CHECK(read(R"({"a":[{"b":1},{"b":2,"b":3}]})") == "a={,{ a.b=1,2 !duplicate");
  CHECK(read(R"({"a":[{"b":1}],"a.b":2})") == "a={ a.b=1 !duplicate");
  CHECK(read(R"({"a.b":2,"a":[{"b":1},{"b":3}]})") == "a.b=2 a={,{ !duplicate");
  CHECK(read(R"({"a":[{"b":[{"c":1}],"b.c":2}]})") == "a={ a.b={ a.b.c=1 !duplicate");
}

TEST_CASE("a duplicate may be anything, but it must be sound") {
  CHECK(read(R"({"a":1,"a":{"b":[1,{"c":[]}],"d":{}}})") == "a=1 !duplicate");
  CHECK(read(R"({"a":1,"a":{"b":[1,]}})") == "malformed");
  CHECK(read(R"({"a":1,"a":})") == "malformed");
  CHECK(read(R"({"a":1,"a":{"b" 1}})") == "malformed");
  CHECK(read(R"({"a":1,"a":{1:1}})") == "malformed");
  CHECK(read(R"({"a":1,"a":x"y"})") == "malformed");
}

TEST_CASE("a value that is no JSON is left out and the rest stays") {
  const std::string bad = GENERATE("01", "nonsense", "NaN", "Infinity", "-", "+1", "1.", ".5", "1e", "0x10",
                                   "True", "nul", "nulll", "1 2", "'x'", "-01", "1_000", "\x7F");
  CAPTURE(bad);

  CHECK(read(R"({"a":)" + bad + R"(,"b":2})") == (bad == "1 2" ? "malformed" : "a= b=2 !invalid"));
}

TEST_CASE("a string with a wrong escape is left out and the rest stays") {
  const std::string bad =
      GENERATE(R"("\ud800")", R"("\udc00")", R"("\udc00\ud800")", R"("\ud800x")", R"("\ud800\u0041")",
               R"("\x41")", R"("\u12")", R"("\u12G4")", R"("\U0041")");
  CAPTURE(bad);

  CHECK(read(R"({"a":)" + bad + R"(,"b":2})") == "a= b=2 !invalid");
}

TEST_CASE("a member whose key has a wrong escape is left out with all that is inside it") {
  CHECK(read(R"({"\ud800":1,"b":2})") == "b=2 !invalid");
  CHECK(read(R"({"\ud800":{"c":[1,{"d":2}]},"b":2})") == "b=2 !invalid");
  CHECK(read(R"({"\udc00\ud800":1})") == " !invalid");
}

TEST_CASE("numbers of any size are numbers") {
  const std::string digits(400, '9');
  CHECK(read(R"({"a":1e999999})") == "a=1e999999");
  CHECK(read(R"({"a":)" + digits + "}") == "a=" + digits);
  CHECK(read(R"({"a":-0,"b":0.5,"c":1E+2,"d":-1.5e-7})") == "a=-0 b=0.5 c=1E+2 d=-1.5e-7");
}

TEST_CASE("a control character in a string makes that value invalid and no other") {
  CHECK(read("{\"a\":\"x\ny\",\"b\":2}") == "a= b=2 !invalid");
  CHECK(read("{\"a\":\"x\ty\",\"b\":\"\\\"\",\"c\":\"\x01\"}") == R"(a= b="\"" c= !invalid)");
  CHECK(read("{\"a\x1F\":1,\"b\":2}") == "b=2 !invalid");
  CHECK(read("{\"a\":\"\\\x01\",\"b\":2}") == "a= b=2 !invalid");
}

TEST_CASE("an element of an array that is no JSON is left out alone") {
  CHECK(read(R"({"a":[1,nonsense,"\ud800",2]})") == "a=1,2 !invalid");
}

TEST_CASE("a byte order mark before the object is nothing") {
  CHECK(read("\xEF\xBB\xBF{\"a\":1}") == "a=1");
  CHECK(read("\xEF\xBB\xBF") == "empty");
  CHECK(read("\xEF\xBB\xBF\xEF\xBB\xBF{}") == "not_object");
  CHECK(read("{\"\xEF\xBB\xBF\":1}") == "\xEF\xBB\xBF=1");
}

TEST_CASE("a decoder forgets the record before") {
  test::JsonWorld world;
  CHECK(world.read(R"({"a":[{"b":1}],"a":2,"c":01})") == "a={ a.b=1 c= !invalid !duplicate");
  CHECK(world.read(R"({"a":3})") == "a=3");
  CHECK(world.read("{") == "cut_off");
  CHECK(world.read(R"({"a":4})") == "a=4");
}

TEST_CASE("a decoder that has been moved works on") {
  JsonDecoder first({});
  JsonDecoder second(std::move(first));
  JsonDecoder third({});
  third = std::move(second);
  JsonDocument document;

  CHECK_FALSE(third.decode(R"({"a":1})", document).has_value());
}

TEST_CASE("every reason has its word") {
  CHECK(reason_name(UndecodableReason::empty) == "empty");
  CHECK(reason_name(UndecodableReason::too_large) == "too_large");
  CHECK(reason_name(UndecodableReason::not_utf8) == "not_utf8");
  CHECK(reason_name(UndecodableReason::not_object) == "not_object");
  CHECK(reason_name(UndecodableReason::cut_off) == "cut_off");
  CHECK(reason_name(UndecodableReason::malformed) == "malformed");
  CHECK(reason_name(UndecodableReason::trailing_data) == "trailing_data");
  CHECK(reason_name(UndecodableReason::too_deep) == "too_deep");
  CHECK(reason_name(UndecodableReason::too_many_values) == "too_many_values");
}

}  // namespace alarum

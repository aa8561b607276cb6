#include "config/diagnostic.h"

#include <catch2/catch.hpp>

namespace alarum {
namespace {

/// One error at `at` in a file of this text, as people read it.
std::string told(std::string text, Position at, std::string hint = "do this") {
  const SourceFile file{"rules/a.yml", std::move(text)};
  Diagnostics diagnostics(file);
  diagnostics.error(at, "some_reason", "it is wrong", std::move(hint));
  return diagnostics.items().at(0).to_text();
}

TEST_CASE("a problem shows its line without indentation, a caret and the way out") {
  CHECK(told("a:\n  Image|startwith: C:\\Users\n", {2, 9}, "did you mean 'startswith'?") ==
        "rules/a.yml:2:9: it is wrong\n"
        "    Image|startwith: C:\\Users\n"
        "          ^ did you mean 'startswith'?");
}

TEST_CASE("the caret stands below its character, whatever is before it") {
  CHECK(told("üü: x\n", {1, 5}) == "rules/a.yml:1:5: it is wrong\n    üü: x\n        ^ do this");
  CHECK(told("\t\tx: y\r\n", {1, 6}) == "rules/a.yml:1:6: it is wrong\n    x: y\n       ^ do this");
  CHECK(told("\x1B[31mx\n", {1, 6}) ==
        "rules/a.yml:1:6: it is wrong\n    \\u{001B}[31mx\n                ^ do this");
}

TEST_CASE("a long line is cut around the caret") {
  const std::string text = told(std::string(500, 'a').append("X").append(500, 'b'), {1, 501}, "");
  CHECK(text == "rules/a.yml:1:501: it is wrong\n    " + std::string(60, 'a') + "X" + std::string(39, 'b') +
                    "\n" + std::string(64, ' ') + "^");
}

TEST_CASE("a problem of a whole file has no line") {
  CHECK(told("x\n", {}) == "rules/a.yml: it is wrong\n    do this");
  CHECK(told("x\n", {7, 1}, "") == "rules/a.yml:7:1: it is wrong");
}

TEST_CASE("a warning says that it is one and is no error") {
  const SourceFile file{"a.yml", "x: y\n"};
  Diagnostics diagnostics(file);
  diagnostics.warning({1, 1}, "odd", "this is odd");

  CHECK(diagnostics.items().at(0).to_text() == "a.yml:1:1: warning: this is odd\n    x: y\n    ^");
  CHECK_FALSE(diagnostics.has_errors());
}

TEST_CASE("nothing of a file can reach into the terminal") {
  const SourceFile file{"a\x1B]0;x.yml", "\x1B[2J: y\n"};
  Diagnostics diagnostics(file);
  diagnostics.error({1, 1}, "some_reason", "bad '\x07'", "\x1B[1m");

  const std::string text = diagnostics.items().at(0).to_text();
  CHECK(text.find('\x1B') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
}

}  // namespace
}  // namespace alarum

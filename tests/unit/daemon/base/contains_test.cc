#include "daemon/base/contains.h"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using alarum::contains;

namespace {

/// The slow twin: the standard library's search.
bool plainly_contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("every text contains nothing, and no text something longer") {
  CHECK(contains("", ""));
  CHECK(contains("a", ""));
  CHECK_FALSE(contains("", "a"));
  CHECK_FALSE(contains("powershell", "powershell.exe"));
}

TEST_CASE("a part is found at each place of a text of any length") {
  for (std::size_t length = 1; length <= 70; ++length) {
    for (std::size_t size = 1; size <= length; ++size) {
      const std::string part = std::string(size - 1, 'x') + 'y';
      for (std::size_t place = 0; place + size <= length; ++place) {
        std::string text(length, '.');
        text.replace(place, size, part);
        INFO(text << " has " << part);
        CHECK(contains(text, part));
        text[place + size / 2] = '-';
        CHECK_FALSE(contains(text, part));
      }
    }
  }
}

TEST_CASE("random texts of few letters contain what the standard library says they do") {
  std::mt19937_64 random(20261126);
  const auto text_of = [&](std::size_t length, unsigned letters) {
    std::string out(length, 'a');
    for (char& c : out) c = static_cast<char>(c + static_cast<char>(random() % letters));
    return out;
  };
  int found = 0;
  for (int i = 0; i < 200'000; ++i) {
    const unsigned letters = 1 + static_cast<unsigned>(random() % 3);
    const std::string text = text_of(random() % 90, letters);
    const std::string part = text_of(random() % 12, letters);
    const bool expected = plainly_contains(text, part);
    found += expected ? 1 : 0;
    if (contains(text, part) != expected) FAIL("'" << text << "' and '" << part << "'");
  }
  CHECK(found > 50'000);
  CHECK(found < 150'000);
}

TEST_CASE("a text made to have the ends of the part everywhere is still searched to its end") {
  const std::string part = "a" + std::string(20, 'b') + "a";
  const std::string hostile(100'000, 'a');
  CHECK_FALSE(contains(hostile, part));
  CHECK(contains(hostile + part, part));
  CHECK(contains(part + hostile, part));
}

TEST_CASE("bytes beyond ASCII and NUL are bytes like others") {
  const std::string text("\xC3\xA4\0\xFF-----------------\0\xFE", 23);
  CHECK(contains(text, std::string_view("\0\xFE", 2)));
  CHECK(contains(text, std::string_view("\0\xFF-", 3)));
  CHECK_FALSE(contains(text, std::string_view("\0\xFD", 2)));
}

#include "daemon/event/name_index.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace alarum {

TEST_CASE("an index of names finds each by its number until it is cleared") {
  NameIndex index;
  index.add("a", 7);
  index.add("", 8);

  CHECK(index.find("a") == 7U);
  CHECK(index.find("") == 8U);
  CHECK_FALSE(index.find("b").has_value());
  index.clear();
  CHECK_FALSE(index.find("a").has_value());
}

TEST_CASE("an index finds more names than its table has places") {
  std::vector<std::string> names;
  for (int i = 0; i < 20'000; ++i) names.push_back("name " + std::to_string(i));
  NameIndex index;

  for (std::uint32_t round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      if (index.find(names[i]).has_value()) FAIL(names[i]);
      index.add(names[i], i + round);
    }
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      if (index.find(names[i]) != i + round) FAIL(names[i]);
    }
    index.clear();
  }
  CHECK_FALSE(index.find(names[0]).has_value());
}

}  // namespace alarum

#include "daemon/base/heap.h"

#include <catch2/catch.hpp>

#include <memory>

using alarum::heap_bytes;

TEST_CASE("what is allocated counts until it is freed, be it one large piece or many small ones") {
  constexpr std::uint64_t size = 8 << 20;
  constexpr std::uint64_t piece = 512;
  const std::uint64_t before = heap_bytes();

  auto large = std::make_unique<char[]>(size);
  CHECK(heap_bytes() >= before + size);
  large.reset();
  CHECK(heap_bytes() < before + size / 8);

  std::vector<std::unique_ptr<char[]>> small(size / piece);
  for (auto& one : small) one = std::make_unique<char[]>(piece);
  CHECK(heap_bytes() >= before + size);
  small.clear();
  CHECK(heap_bytes() < before + size / 8);
}

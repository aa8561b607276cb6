#include "daemon/base/heap.h"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using alarum::heap_bytes;

TEST_CASE("what is allocated counts, be it one large piece or many small ones") {
  constexpr std::uint64_t size = 8 << 20;
  constexpr std::uint64_t piece = 512;
  const std::uint64_t before = heap_bytes();

  const auto large = std::make_unique<char[]>(size);
  CHECK(heap_bytes() >= before + size);

  std::vector<std::unique_ptr<char[]>> small(size / piece);
  for (auto& one : small) one = std::make_unique<char[]>(piece);
  CHECK(heap_bytes() >= before + 2 * size);
}

// A sanitizer keeps what is freed for a while: 256 MiB of it.
TEST_CASE("what is freed does not count for long") {
  constexpr std::uint64_t size = 8 << 20;
  constexpr std::uint64_t times = 100;
  const std::uint64_t before = heap_bytes();
  for (std::uint64_t i = 0; i < times; ++i) {
    const auto piece = std::make_unique<char[]>(size);
    CHECK(heap_bytes() > size);
  }
  CHECK(heap_bytes() < before + times * size / 2);
}

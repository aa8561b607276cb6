#pragma once

#include <cstdint>

namespace alarum {

/// Bytes that the process has allocated and not freed. Unlike what is resident it tells a leak from memory
/// that the allocator keeps for later. It looks through the allocator's lists of free pieces under its lock,
/// which takes 50 ms where there are 200,000 of them: for a scrape, not for every status. Any thread.
std::uint64_t heap_bytes();

}  // namespace alarum

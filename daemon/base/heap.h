#pragma once

#include <cstdint>

namespace alarum {

/// Bytes that the process has allocated and not freed. Unlike what is resident it tells a leak from memory
/// that the allocator keeps for later. It looks through the allocator's lists of free pieces: not for every
/// record. Any thread.
std::uint64_t heap_bytes();

}  // namespace alarum

#include "daemon/base/heap.h"

#include <cstddef>
#include <malloc.h>

// A sanitizer brings its own allocator, of which glibc knows nothing; this is there only with one.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));  // NOLINT: its name

namespace alarum {

std::uint64_t heap_bytes() {
  if (&__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace alarum

#pragma once

#include <cstddef>
#include <pthread.h>

namespace alarum {

/// Says what the calling thread does, as `top -H` and `/proc/PID/task/*/comm` show it. Threads that it starts
/// have the same name until they say otherwise.
template <std::size_t Size>
void name_thread(const char (&name)[Size]) {
  static_assert(Size <= 16, "the kernel keeps 15 bytes of a name");
  pthread_setname_np(pthread_self(), name);
}

}  // namespace alarum

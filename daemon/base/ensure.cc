#include "daemon/base/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace alarum {

void ensure_failed(const char* condition, const char* expectation, const char* file, int line) {
  // Not through the log: the state is not to be trusted any more, and this needs nothing but stderr.
  std::fprintf(stderr, "%s:%d: internal error: expected that %s (%s)\n", file, line, expectation, condition);
  std::abort();
}

}  // namespace alarum

#pragma once

namespace alarum {

/// Prints what was expected, where, and stops the program. systemd starts it again; the last commit bounds
/// the loss.
[[noreturn]] void ensure_failed(const char* condition, const char* expectation, const char* file, int line);

}  // namespace alarum

/// Our own promise to ourselves, always on: what must hold if the code is right. Never for input.
#define ENSURE(condition, expectation) \
  ((condition) ? static_cast<void>(0) : ::alarum::ensure_failed(#condition, expectation, __FILE__, __LINE__))

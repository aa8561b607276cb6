#pragma once

#include <csignal>
#include <cstddef>
#include <vector>

namespace alarum {

/// A stack for signal handlers of the thread that makes it, as long as it lives: a handler for an overflow of
/// the thread's own stack needs another one.
class SignalStack {
 public:
  SignalStack() : bytes_(size) {
    stack_t stack = {};
    stack.ss_sp = bytes_.data();
    stack.ss_size = bytes_.size();
    sigaltstack(&stack, nullptr);
  }
  ~SignalStack() {
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  SignalStack(const SignalStack&) = delete;
  SignalStack& operator=(const SignalStack&) = delete;

 private:
  static constexpr std::size_t size = 64U << 10U;
  std::vector<char> bytes_;
};

}  // namespace alarum

#include "daemon/base/signals.h"

#include "daemon/base/system_error.h"

#include <cerrno>
#include <csignal>
#include <sys/signalfd.h>

namespace alarum {

Result<Descriptor> receive_signals(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : numbers) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Descriptor out(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!out.is_open()) return system_error("cannot wait for signals", errno);
  return out;
}

}  // namespace alarum

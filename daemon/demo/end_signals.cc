#include "daemon/demo/end_signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace alarum::demo {

EndSignals::EndSignals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  descriptor_ = signalfd(-1, &wanted, SFD_CLOEXEC);
}

EndSignals::~EndSignals() { close(descriptor_); }

bool EndSignals::came() const {
  pollfd watched{descriptor_, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

}  // namespace alarum::demo

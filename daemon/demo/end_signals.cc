#include "daemon/demo/end_signals.h"

#include "daemon/base/signals.h"

#include <csignal>
#include <poll.h>
#include <utility>

namespace alarum::demo {

EndSignals::EndSignals() {
  if (auto received = receive_signals({SIGTERM, SIGINT})) received_ = *std::move(received);
}

bool EndSignals::came() const {
  pollfd watched{received_.number(), POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

}  // namespace alarum::demo

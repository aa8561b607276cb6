#include "daemon/systemd_notify.h"

#include "daemon/base/clock.h"
#include "daemon/base/printable.h"

#include <systemd/sd-daemon.h>

#include <string>

namespace alarum::systemd {
namespace {

/// What cannot be told is no error: systemd finds out by its own time limits, and nobody else asked.
void tell(const std::string& state) { sd_notify(0, state.c_str()); }

}  // namespace

void ready() { tell("READY=1"); }

void reloading() {
  // systemd takes READY=1 as the end of this reload by the time it began at: CLOCK_MONOTONIC, which is what
  // the steady clock reads.
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(steady_now().count()));
}

void stopping() { tell("STOPPING=1"); }

void status(std::string_view text) { tell("STATUS=" + printable(text)); }

void watchdog() { tell("WATCHDOG=1"); }

std::optional<Duration> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return Duration(static_cast<Duration::rep>(microseconds));
}

}  // namespace alarum::systemd

#pragma once

#include "daemon/base/time.h"

#include <optional>
#include <string>

namespace alarum {

/// Tells systemd how the service is doing (sd_notify(3)): `READY=1` and its like, over the socket that
/// `NOTIFY_SOCKET` names; without it nothing happens. Twenty lines, so that the programs that guard something
/// do not load libsystemd for them.
void notify_service(const std::string& state);

/// Tells it that a reload begins, which the next `READY=1` ends: by the time, of CLOCK_MONOTONIC, systemd
/// knows which.
void notify_reload();

/// How often systemd wants `WATCHDOG=1`; nothing where it does not ask for it.
std::optional<Duration> watchdog_interval();

/// The listening socket that systemd handed over (sd_listen_fds(3)), or nothing. More than one is none.
std::optional<int> handed_over_socket();

}  // namespace alarum

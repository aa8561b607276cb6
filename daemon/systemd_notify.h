#pragma once

#include "daemon/base/time.h"

#include <optional>
#include <string_view>

/// What alarumd tells systemd, or whoever else started it and listens on `NOTIFY_SOCKET` (sd_notify(3)).
/// Without that variable nothing happens. The wall around libsystemd. Any thread.
namespace alarum::systemd {

/// The service does its work; after a reload it does so again.
void ready();

/// A reload begins; it ends with `ready`.
void reloading();

/// The service ends.
void stopping();

/// One line about how the service is doing, which `systemctl status` shows. Control characters are escaped,
/// so that no text can say anything else to systemd.
void status(std::string_view text);

/// The service made progress. Missing for longer than the unit's `WatchdogSec=`, it is killed and started
/// again.
void watchdog();

/// How often systemd wants to hear `watchdog`; nothing where it does not ask for it.
std::optional<Duration> watchdog_interval();

}  // namespace alarum::systemd

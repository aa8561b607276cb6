#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <optional>
#include <string>
#include <utility>

namespace alarum::enforcer {

/// How far the time of day was ahead of the steady clock, in a file that a process leaves to the next one of
/// the same boot: it lies below /run, which a reboot takes away, and names the boot where /proc does. By it a
/// restart goes on with the time of the process before, whoever set the clock meanwhile. Any thread.
class ClockMemory {
 public:
  /// In the file at `path`; its folder need not exist.
  explicit ClockMemory(std::string path) : path_(std::move(path)) {}

  /// What was kept; nothing where nothing was, or by another boot. `steady` is now, and only grows in one.
  std::optional<Duration> recall(Duration steady) const;
  /// Keeps it.
  Status keep(Duration ahead, Duration steady) const;

 private:
  std::string path_;
};

}  // namespace alarum::enforcer

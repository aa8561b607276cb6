#pragma once

#include "daemon/base/descriptor.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace alarum::runner {

/// Everything that one run of a script takes.
struct Launch {
  std::vector<std::string> command;      ///< the program's path and its arguments
  std::vector<std::string> environment;  ///< NAME=value, and nothing else
  std::string folder;
  Duration timeout{};
  Duration grace{};
  std::size_t output_size_max = 0;
  std::string event;  ///< stdin
};

/// A run that goes on.
struct Launched {
  pid_t supervisor = 0;
  Descriptor report;  ///< gives one framed report and then ends; does not wait
};

/// Runs scripts; a test has its own.
class Launcher {
 public:
  virtual ~Launcher() = default;

  /// Begins a run. That the program cannot be started comes as a report.
  virtual Result<Launched> launch(const Launch& launch) = 0;

  /// Asks a run to end: it reports that it was stopped.
  virtual void stop(pid_t supervisor) = 0;

  /// Ends a supervisor at once. It does not report; what it leaves is ended by `tend`.
  virtual void abandon(pid_t supervisor) = 0;

  /// Now and then: takes note of what ended, and ends what a lost supervisor left behind.
  virtual void tend() = 0;
};

}  // namespace alarum::runner

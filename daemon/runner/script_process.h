#pragma once

#include "daemon/base/descriptor.h"
#include "daemon/runner/launcher.h"

#include <sys/types.h>

namespace alarum::runner {

/// A script that was started, in a session and process group of its own, which have its number. The
/// descriptors are our ends of its standard streams and do not wait.
struct ScriptProcess {
  pid_t id = 0;
  int failure = 0;  ///< the system's error number where the program was not started; 0 where it was
  Descriptor input;
  Descriptor output;
  Descriptor error;
};

/// Starts the program of `launch`: no shell, no environment but its own, no open file but the three streams,
/// no signal blocked or ignored.
ScriptProcess start_script(const Launch& launch);

}  // namespace alarum::runner

#pragma once

namespace alarum::cli {

/// What the tool's exit status means to scripts (docs/reference/tool.md).
enum ExitCode : int {
  done = 0,           ///< done, or clean
  findings = 1,       ///< warnings, a failed test, a difference
  broken_input = 2,   ///< a rule or data file is broken
  broken_config = 3,  ///< the configuration is broken
  unreachable = 4,    ///< the daemon or a target cannot be reached, or output cannot be written
  wrong_usage = 64,   ///< the command line is not understood
};

}  // namespace alarum::cli

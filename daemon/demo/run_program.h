#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/demo/child_process.h"

#include <string>
#include <vector>

namespace alarum::demo {

/// Runs a program to its end, and gives the lines that it wrote to stdout. The error says how it ended where
/// that is not well, or that it took longer than `patience`, and the last that it said.
Result<std::vector<std::string>> run_program(const ChildCommand& command, Duration patience);

/// The last lines of a log; empty where there is none.
std::string last_lines(const std::string& path);

}  // namespace alarum::demo

#include "daemon/demo/run_program.h"

#include "daemon/base/clock.h"
#include "daemon/base/file.h"

#include <algorithm>
#include <poll.h>

namespace alarum::demo {

Result<std::vector<std::string>> run_program(const ChildCommand& command, Duration patience) {
  constexpr int moment_milliseconds = 20;
  TRY(const auto child, ChildProcess::start(command));
  const Duration deadline = steady_now() + patience;
  std::vector<std::string> out;
  while (!child->ended() && steady_now() < deadline) {
    pollfd watched{child->output(), POLLIN, 0};  // it ends a moment after it has closed its stdout
    poll(&watched, 1, moment_milliseconds);
    for (std::string& line : child->take_lines()) out.push_back(std::move(line));
  }
  const std::string how = child->ended().value_or("no end within its time");
  for (std::string& line : child->take_lines()) out.push_back(std::move(line));
  if (how == "exit code 0") return out;
  return Error{ErrorCode::io,
               command.program + ": " + how + ". The last that it said:\n" + last_lines(command.error_log)};
}

std::string last_lines(const std::string& path) {
  constexpr std::size_t log_bytes_max = 1U << 20U;
  constexpr std::size_t told_bytes_max = 600;
  const auto log = read_file(path, log_bytes_max);
  if (!log) return {};
  const std::size_t begin = log->size() > told_bytes_max ? log->find('\n', log->size() - told_bytes_max) : 0;
  return begin == std::string::npos ? *log : log->substr(begin);
}

}  // namespace alarum::demo

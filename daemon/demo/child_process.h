#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alarum::demo {

/// What to run.
struct ChildCommand {
  std::string program;  ///< path
  std::vector<std::string> arguments;
  std::string error_log;  ///< path of the file that takes its stderr
};

/// A program that we run, in a process group of its own: Ctrl-C at our terminal reaches us alone, and in
/// which order what ends is ours to say. It does not outlive us, even where we are killed. It gets our
/// environment but for what would configure Alarum. One thread.
class ChildProcess {
 public:
  /// Starts it. The error names the program and says what the system said.
  static Result<std::unique_ptr<ChildProcess>> start(const ChildCommand& command);

  /// Kills it where it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Reads from here when it has written something, for `poll`; -1 once it has closed its stdout.
  int output() const { return output_; }

  /// The whole lines that it wrote to stdout since the last call, without waiting.
  std::vector<std::string> take_lines();

  /// How it ended: `exit code 1`, `signal 9`. Nothing while it runs.
  const std::optional<std::string>& ended();

  /// Asks it to end, and kills it where it has not within `patience`. Whether it ended by itself, well.
  bool end(Duration patience);

 private:
  ChildProcess(int process, int input, int output) : process_(process), input_(input), output_(output) {}

  void read_output();
  bool wait_for_output(Duration patience) const;

  int process_;
  int input_;  // its stdin: closed when we are gone
  int output_;
  std::string unfinished_;  // what it wrote behind the last whole line
  std::vector<std::string> lines_;
  std::optional<std::string> ended_;
};

}  // namespace alarum::demo

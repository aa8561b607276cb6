#include "daemon/runner/script_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <linux/close_range.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace alarum::runner {
namespace {

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};

/// A pipe, or one whose ends are not open.
Pipe make_pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What the system takes in the place of a list of texts; they must outlive it.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

/// What the new process is given.
struct Streams {
  int input;
  int output;
  int error;
  int failure;
};

/// In the new process. What fails is written to `failure`, which a program that starts closes.
[[noreturn]] void become(char* const* command, char* const* environment, const char* folder,
                         Streams streams) {
  sigset_t none;
  sigemptyset(&none);
  const struct rlimit no_core = {0, 0};
  setsid();
  const bool is_ready = dup2(streams.input, STDIN_FILENO) >= 0 && dup2(streams.output, STDOUT_FILENO) >= 0 &&
                        dup2(streams.error, STDERR_FILENO) >= 0 && setrlimit(RLIMIT_CORE, &no_core) == 0 &&
                        std::signal(SIGPIPE, SIG_DFL) != SIG_ERR &&
                        sigprocmask(SIG_SETMASK, &none, nullptr) == 0 && chdir(folder) == 0;
  // All of ours close themselves; this is for what somebody who started us left open.
  static_cast<void>(
      close_range(STDERR_FILENO + 1, std::numeric_limits<unsigned>::max(), CLOSE_RANGE_CLOEXEC));
  if (is_ready) execve(command[0], command, environment);
  const int reason = errno;
  static_cast<void>(!write(streams.failure, &reason, sizeof(reason)));
  _exit(127);
}

/// Why the program did not start; 0 where it did.
int read_failure(int descriptor) {
  int reason = 0;
  ssize_t count = 0;
  while ((count = read(descriptor, &reason, sizeof(reason))) < 0 && errno == EINTR) {
  }
  return count == static_cast<ssize_t>(sizeof(reason)) ? reason : 0;
}

}  // namespace

ScriptProcess start_script(const Launch& launch) {
  Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe error = make_pipe();
  Pipe failure = make_pipe();
  ScriptProcess out;
  out.failure = errno;
  if (!failure.writing.is_open() || !input.reading.is_open() || !output.writing.is_open() ||
      !error.writing.is_open())
    return out;
  const std::vector<char*> command = pointers_to(launch.command);
  const std::vector<char*> environment = pointers_to(launch.environment);
  out.id = fork();
  out.failure = errno;
  if (out.id < 0) return out;
  if (out.id == 0)
    become(
        command.data(), environment.data(), launch.folder.c_str(),
        {input.reading.number(), output.writing.number(), error.writing.number(), failure.writing.number()});
  failure.writing.reset();
  out.failure = read_failure(failure.reading.number());
  if (out.failure != 0) {
    waitpid(out.id, nullptr, 0);
    return out;
  }
  out.input = std::move(input.writing);
  out.output = std::move(output.reading);
  out.error = std::move(error.reading);
  for (const Descriptor* ours : {&out.input, &out.output, &out.error})
    fcntl(ours->number(), F_SETFL, O_NONBLOCK);
  return out;
}

}  // namespace alarum::runner

#include "daemon/demo/child_process.h"

#include "daemon/base/clock.h"
#include "daemon/base/environment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace alarum::demo {
namespace {

/// A pipe whose ends no other program inherits.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    for (const int end : {read_end, write_end}) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end = -1;
  int write_end = -1;
};

/// Texts as execve wants them. They stay where they are.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

/// The child's side of the fork. Only what is safe after one; what it needs was made before.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment,
                         const std::array<int, 3>& descriptors, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  for (int i = 0; i < 3; ++i) dup2(descriptors[static_cast<std::size_t>(i)], i);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  if (getppid() == parent) execve(program, arguments, environment);
  constexpr std::string_view message = "cannot be run\n";
  static_cast<void>(!write(STDERR_FILENO, message.data(), message.size()));
  _exit(127);
}

Error failed(const ChildCommand& command, const std::string& what) {
  return {ErrorCode::io, command.program + ": " + what + ": " + std::strerror(errno)};
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const ChildCommand& command) {
  if (access(command.program.c_str(), X_OK) != 0) return failed(command, "cannot be run");
  std::vector<std::string> arguments{command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = environment_variables();
  environment.erase(std::remove_if(environment.begin(), environment.end(),
                                   [](const std::string& text) { return text.starts_with("ALARUM_"); }),
                    environment.end());
  Pipe input;
  Pipe output;
  if (input.read_end < 0 || output.read_end < 0) return failed(command, "no pipe");
  const int error_log = open(command.error_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (error_log < 0) return failed(command, "cannot write " + command.error_log);

  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process == 0) {
    become(command.program.c_str(), argument_pointers.data(), environment_pointers.data(),
           {input.read_end, output.write_end, error_log}, parent);
  }
  close(error_log);
  if (process < 0) return failed(command, "no process");
  fcntl(output.read_end, F_SETFL, O_NONBLOCK);
  return std::unique_ptr<ChildProcess>(
      new ChildProcess(process, std::exchange(input.write_end, -1), std::exchange(output.read_end, -1)));
}

ChildProcess::~ChildProcess() {
  if (!ended()) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(input_);
  if (output_ >= 0) close(output_);
}

void ChildProcess::read_output() {
  std::array<char, 64 * 1024> piece{};
  while (output_ >= 0) {
    const ssize_t count = read(output_, piece.data(), piece.size());
    if (count < 0) return;  // nothing more now; a signal is as good as that
    if (count == 0) {
      close(output_);
      output_ = -1;
      return;
    }
    unfinished_.append(piece.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = unfinished_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      lines_.push_back(unfinished_.substr(begin, end - begin));
    }
    unfinished_.erase(0, begin);
  }
}

std::vector<std::string> ChildProcess::take_lines() {
  read_output();
  return std::exchange(lines_, {});
}

const std::optional<std::string>& ChildProcess::ended() {
  int status = 0;
  if (!ended_ && waitpid(process_, &status, WNOHANG) == process_) ended_ = how_it_ended(status);
  return ended_;
}

bool ChildProcess::wait_for_output(Duration patience) const {
  pollfd watched{output_, POLLIN, 0};
  return poll(&watched, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(patience).count())) >
         0;
}

bool ChildProcess::end(Duration patience) {
  if (ended()) return *ended_ == "exit code 0";
  kill(process_, SIGTERM);
  // Its stdout is closed when it is gone, whatever it went on to write before.
  const Duration deadline = steady_now() + patience;
  while (output_ >= 0 && steady_now() < deadline) {
    wait_for_output(deadline - steady_now());
    read_output();
  }
  if (output_ >= 0) kill(process_, SIGKILL);
  int status = 0;
  waitpid(process_, &status, 0);
  ended_ = how_it_ended(status);
  return *ended_ == "exit code 0";
}

}  // namespace alarum::demo

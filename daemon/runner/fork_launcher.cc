#include "daemon/runner/fork_launcher.h"

#include "daemon/base/log.h"
#include "daemon/base/system_error.h"
#include "daemon/runner/descendants.h"
#include "daemon/runner/supervisor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace alarum::runner {
Result<ForkLauncher> ForkLauncher::open() {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return system_error("cannot look after orphans", errno);
  return ForkLauncher();
}

Result<Launched> ForkLauncher::launch(const Launch& launch) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const pid_t supervisor = fork();
  if (supervisor < 0) return system_error("cannot start a process", errno);
  if (supervisor == 0) supervise(launch, writing.number());
  fcntl(reading.number(), F_SETFL, O_NONBLOCK);
  supervisors_.insert(supervisor);
  return Launched{.supervisor = supervisor, .report = std::move(reading)};
}

void ForkLauncher::stop(pid_t supervisor) {
  // Only what was not waited for: its number could be another process's by now.
  if (supervisors_.contains(supervisor)) kill(supervisor, SIGTERM);
}

void ForkLauncher::abandon(pid_t supervisor) {
  if (supervisors_.contains(supervisor)) kill(supervisor, SIGKILL);
}

void ForkLauncher::tend() {
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    // A supervisor that did not end well may have left something; all of that comes to us.
    if (supervisors_.erase(ended) > 0 && status != 0) has_strays_ = true;
  }
  if (!has_strays_) return;
  has_strays_ = false;
  for (const pid_t child : children_of(getpid())) {
    if (supervisors_.contains(child)) continue;
    has_strays_ = true;
    log::warn("ended what a lost supervisor left", {{"process", std::to_string(child)}});
    kill(child, SIGKILL);
  }
}

}  // namespace alarum::runner

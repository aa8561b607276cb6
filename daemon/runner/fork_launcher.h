#pragma once

#include "daemon/runner/launcher.h"

#include <set>

namespace alarum::runner {

/// Runs each script below a process of its own, its supervisor, which sees to it that nothing of the script
/// is left when it reports: whatever the script started, and however far it went away from it, becomes the
/// supervisor's child when its parent ends. What is left behind by a supervisor that was killed becomes this
/// process's child in the same way. One thread: the process that forks has no others.
class ForkLauncher final : public Launcher {
 public:
  /// Makes this process the one that orphans come to.
  static Result<ForkLauncher> open();

  Result<Launched> launch(const Launch& launch) override;
  void stop(pid_t supervisor) override;
  void abandon(pid_t supervisor) override;
  void tend() override;

 private:
  ForkLauncher() = default;

  std::set<pid_t> supervisors_;  // those that run
  bool has_strays_ = false;      // there may be children that are no supervisors
};

}  // namespace alarum::runner

#pragma once

#include "daemon/base/time.h"
#include "daemon/runner/launcher.h"
#include "daemon/runner/policy.h"
#include "daemon/runner/request_server.h"
#include "daemon/runner/runner.h"

#include <optional>
#include <string>

namespace alarum::runner {

/// Runs a runner: hears requests, scripts that end and signals, and tells systemd how it goes. One thread.
class Service {
 public:
  /// `signals` is where signals are read from (signalfd(2)). Runner, server and launcher must outlive this.
  Service(Runner& runner, RequestServer& server, Launcher& launcher, std::string policy_path, int signals);

  /// Runs until a signal ends it, and until the scripts that it ends then are gone. SIGHUP has the policy
  /// read anew.
  void run();

 private:
  void take(unsigned signal);
  void tend();
  void reload();
  void adopt(const Policy& policy);
  void begin_end(unsigned signal);

  Runner& runner_;
  RequestServer& server_;
  Launcher& launcher_;
  std::string policy_path_;
  int signals_;
  Duration tended_at_{0};            // on the steady clock, like the next
  std::optional<Duration> ends_at_;  // at the latest
};

}  // namespace alarum::runner

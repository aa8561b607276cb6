#pragma once

#include "daemon/base/time.h"
#include "daemon/enforcer/enforcer.h"
#include "daemon/enforcer/policy.h"
#include "daemon/enforcer/request_server.h"

#include <string>
#include <vector>

namespace alarum::enforcer {

/// Runs an enforcer: hears requests, what the kernel tells and signals, looks after the table, and tells
/// systemd how it goes. One thread.
class Service {
 public:
  /// `signals` is where signals are read from (signalfd(2)), `wakes` what can be read when the kernel tells
  /// something. Enforcer and server must outlive this.
  Service(Enforcer& enforcer, RequestServer& server, Policy policy, std::string policy_path, int signals,
          std::vector<int> wakes);

  /// Runs until a signal other than SIGHUP, which has the policy read anew.
  void run();

 private:
  void tend();
  void reload();
  void adopt(const Policy& policy);

  Enforcer& enforcer_;
  RequestServer& server_;
  Policy policy_;
  std::string policy_path_;
  int signals_;
  std::vector<int> wakes_;  // the signals, and what the kernel tells
  Duration tended_at_{0};   // on the steady clock
};

}  // namespace alarum::enforcer

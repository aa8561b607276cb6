#include "daemon/enforcer/service.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/service_notify.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace alarum::enforcer {
namespace {

constexpr std::chrono::milliseconds round_max{500};
constexpr std::chrono::seconds tend_interval{1};

}  // namespace

Service::Service(Enforcer& enforcer, RequestServer& server, Policy policy, std::string policy_path,
                 int signals, std::vector<int> wakes)
    : enforcer_(enforcer),
      server_(server),
      policy_(std::move(policy)),
      policy_path_(std::move(policy_path)),
      signals_(signals),
      wakes_(std::move(wakes)) {
  wakes_.push_back(signals);
}

void Service::run() {
  notify_service("READY=1");
  for (;;) {
    server_.step(wakes_, round_max);
    signalfd_siginfo signal{};
    while (read(signals_, &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal))) {
      if (signal.ssi_signo != SIGHUP) {
        notify_service("STOPPING=1");
        log::info("ended; what is blocked stays so until its time is over",
                  {{"signal", std::to_string(signal.ssi_signo)}});
        return;
      }
      reload();
    }
    enforcer_.watch();
    tend();
  }
}

void Service::tend() {
  const Duration now = steady_now();
  const Duration interval =
      std::min<Duration>(watchdog_interval().value_or(tend_interval) / 2, tend_interval);
  if (now < tended_at_ + interval) return;
  tended_at_ = now;
  const bool is_sound = enforcer_.tend();
  notify_service("WATCHDOG=1\nSTATUS=" + std::to_string(enforcer_.block_count()) + " blocked" +
                 (enforcer_.is_armed() ? "" : "; disarmed") +
                 (is_sound ? "" : "; the kernel's table is not as it should be"));
}

void Service::reload() {
  notify_reload();
  const PolicyFile<Policy> file = load_policy(policy_path_);
  log_complaints(file);
  if (file.policy) adopt(*file.policy);
  if (!file.policy) enforcer_.keep_policy();
  notify_service("READY=1");
}

void Service::adopt(const Policy& policy) {
  log::set_level(log::level_named(policy.log_level));
  if (policy.socket != policy_.socket || policy.state != policy_.state || policy.clock != policy_.clock)
    log::warn("another socket, state or clock takes a restart");
  policy_ = policy;
  enforcer_.adopt(policy);
  server_.adopt(policy.askers);
  log::info("policy reloaded");
}

}  // namespace alarum::enforcer

#include "daemon/runner/service.h"

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/service_notify.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace alarum::runner {
namespace {

constexpr std::chrono::milliseconds round_max{500};
constexpr std::chrono::seconds tend_interval{1};
constexpr std::chrono::seconds ending_max{45};  // more than the longest grace

}  // namespace

Service::Service(Runner& runner, RequestServer& server, Launcher& launcher, std::string policy_path,
                 int signals)
    : runner_(runner),
      server_(server),
      launcher_(launcher),
      policy_path_(std::move(policy_path)),
      signals_(signals) {}

void Service::run() {
  notify_service("READY=1");
  for (;;) {
    server_.step(signals_, round_max);
    signalfd_siginfo signal{};
    while (read(signals_, &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal)))
      take(signal.ssi_signo);
    launcher_.tend();
    if (ends_at_ && (runner_.running_count() == 0 || steady_now() > *ends_at_)) return;
    tend();
  }
}

void Service::take(unsigned signal) {
  if (signal == SIGHUP) reload();
  if (signal == SIGTERM || signal == SIGINT) begin_end(signal);
}

void Service::tend() {
  const Duration now = steady_now();
  const Duration interval =
      std::min<Duration>(watchdog_interval().value_or(tend_interval) / 2, tend_interval);
  if (now < tended_at_ + interval) return;
  tended_at_ = now;
  runner_.tend();
  notify_service("WATCHDOG=1\nSTATUS=" + std::to_string(runner_.running_count()) + " running");
}

void Service::reload() {
  notify_reload();
  const PolicyFile<Policy> file = load_policy(policy_path_);
  log_complaints(file);
  if (file.policy) adopt(*file.policy);
  if (!file.policy) runner_.keep_policy();
  notify_service("READY=1");
}

void Service::adopt(const Policy& policy) {
  log::set_level(log::level_named(policy.log_level));
  runner_.adopt(policy);
  server_.adopt(policy);
  log::info("policy reloaded");
}

void Service::begin_end(unsigned signal) {
  if (ends_at_) return;
  notify_service("STOPPING=1");
  log::info("ending, with what runs", {{"signal", std::to_string(signal)}});
  ends_at_ = steady_now() + ending_max;
  server_.close_door();
  runner_.stop();
}

}  // namespace alarum::runner

// The daemon: reads its configuration, runs the service, obeys signals. SIGHUP reloads rules and
// configuration, SIGTERM and SIGINT end it.
#include "daemon/base/clock.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/base/printable.h"
#include "daemon/loaded_service.h"
#include "daemon/service.h"
#include "daemon/systemd_notify.h"
#include "responders/responder_kinds.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <future>
#include <getopt.h>
#include <optional>

namespace alarum {
namespace {

// sysexits.h, as systemd's RestartPreventExitStatus= knows them.
enum ExitCode : int { done = 0, failed = 1, wrong_usage = 64, broken_config = 78 };

struct Arguments {
  std::string config_path;
  bool only_check = false;
};

constexpr std::string_view usage =
    "alarumd [--config FILE] [--check]\n"
    "Reads log records from Kafka, evaluates Sigma rules, tells what they find and acts on it.\n\n"
    "  -c, --config FILE  the configuration (default: /etc/alarum/alarum.yaml)\n"
    "  -t, --check        check the configuration and the rules, start nothing\n"
    "      --version      the version\n"
    "  -h, --help         this text\n\n"
    "Signals: SIGHUP reloads rules and configuration, SIGTERM and SIGINT end it.\n"
    "Exit codes: 0 done, 1 it could not start or not commit at its end, 64 wrong usage, 78 broken\n"
    "configuration. Options can be set by the environment: ALARUM_SECTION__KEY=value.\n";

void complain(const std::string& sentence) {
  std::fprintf(stderr, "alarumd: %s\n", printable(sentence).c_str());
}

/// The arguments; or the code to exit with, when everything has been said.
std::optional<Arguments> parse_arguments(int argc, char** argv, ExitCode& code) {
  constexpr int version_flag = 256;
  static const option long_options[] = {{"config", required_argument, nullptr, 'c'},
                                        {"check", no_argument, nullptr, 't'},
                                        {"version", no_argument, nullptr, version_flag},
                                        {"help", no_argument, nullptr, 'h'},
                                        {nullptr, 0, nullptr, 0}};
  Arguments out;
  code = done;
  for (int flag = 0; (flag = getopt_long(argc, argv, "c:th", long_options, nullptr)) != -1;) {
    if (flag == 'c') {
      out.config_path = optarg;
    } else if (flag == 't') {
      out.only_check = true;
    } else if (flag == 'h') {
      std::fputs(usage.data(), stdout);
      return std::nullopt;
    } else if (flag == version_flag) {
      std::printf("alarumd %s\n", service_version().c_str());
      return std::nullopt;
    } else {
      code = wrong_usage;
      return std::nullopt;
    }
  }
  if (optind == argc) return out;
  complain("'" + std::string(argv[optind]) + "' is not understood; see --help");
  code = wrong_usage;
  return std::nullopt;
}

/// Signals that the main loop waits for; every thread that is started later leaves them to it.
sigset_t block_signals() {
  sigset_t out;
  sigemptyset(&out);
  for (const int number : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&out, number);
  pthread_sigmask(SIG_BLOCK, &out, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return out;
}

/// Runs the service until a signal ends it.
class Daemon {
 public:
  Daemon(Service& service, ServiceInUse& in_use, std::string config_path, Clock& clock)
      : service_(service), in_use_(in_use), config_path_(std::move(config_path)), clock_(clock) {}

  ExitCode run(const sigset_t& signals) {
    systemd::ready();
    for (;;) {
      const int number = wait_for(signals);
      if (number == SIGTERM || number == SIGINT) return end(number);
      if (number == SIGHUP) begin_reload();
      if (reload_.valid() && reload_.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
        end_reload();
      if (reload_.valid() && steady_now() >= reload_late_at_) complain_of_reload();
      tend();
    }
  }

  /// How long what is left may take to close: the whole end is to take less than ten seconds.
  Duration close_patience() const {
    constexpr std::chrono::seconds end_max{9};
    constexpr std::chrono::seconds least{1};
    constexpr std::chrono::seconds most{6};
    return std::clamp<Duration>(end_began_ + end_max - steady_now(), least, most);
  }

  /// The reload that was under way when the end came, if there was one.
  std::future<LoadedService> take_reload() { return std::move(reload_); }

 private:
  static constexpr std::chrono::milliseconds round{250};
  static constexpr std::chrono::seconds reload_patience{60};

  /// The signal, or -1 after a while without one.
  static int wait_for(const sigset_t& signals) {
    const timespec time{0, std::chrono::nanoseconds(round).count()};
    return sigtimedwait(&signals, nullptr, &time);
  }

  /// What has to be done now and then.
  void tend() {
    const Duration now = steady_now();
    const Duration interval = systemd::watchdog_interval().value_or(std::chrono::seconds(2));
    if (now < tended_at_ + interval / 2) return;
    tended_at_ = now;
    if (service_.check_progress()) systemd::watchdog();
    const ServiceStatus status = service_.status();
    const Readiness ready = readiness(status);
    systemd::status(ready.is_ready() ? std::to_string(status.line->records) + " records read"
                                     : ready.reasons.front());
  }

  /// Rules are parsed and compiled beside the running plan, in a thread of their own.
  void begin_reload() {
    if (reload_.valid()) {
      is_asked_again_ = true;  // what changed since would otherwise be missed
      return;
    }
    systemd::reloading();
    log::info("reloading");
    reload_late_at_ = steady_now() + reload_patience;
    reload_ =
        std::async(std::launch::async,
                   // What is loaded here asks nobody.
                   [this] { return load_service(config_path_, &in_use_, responder_ports(clock_, nullptr)); });
  }

  /// A file that never answers would otherwise keep every later reload away in silence.
  void complain_of_reload() {
    reload_late_at_ = Duration::max();
    const std::string reason = "it is still reading after " +
                               std::to_string(std::chrono::seconds(reload_patience).count()) +
                               " s: does a file not answer? Others wait for it; a restart ends it";
    log::error("reload hangs, going on as before", {{"reason", reason}});
    service_.note_failed_reload(reason);
  }

  void end_reload() {
    LoadedService loaded = reload_.get();
    if (!loaded.failure.empty()) {
      log::error("reload kept out, going on as before", {{"reason", loaded.failure}});
      service_.note_failed_reload(loaded.failure);
    } else {
      adopt(std::move(loaded));
    }
    systemd::ready();
    if (std::exchange(is_asked_again_, false)) begin_reload();
  }

  void adopt(LoadedService loaded) {
    log::set_level(log::level_named(loaded.config->log_level));
    log::info("reloaded", {{"rules", rules_text(loaded.plan)}, {"plan", loaded.plan.plan->hash()}});
    in_use_.take(loaded);
    const std::string needs_restart = service_.adopt(std::move(loaded));
    if (!needs_restart.empty())
      log::warn("what changed besides the rules takes a restart", {{"sections", needs_restart}});
  }

  ExitCode end(int number) {
    end_began_ = steady_now();
    log::info("ending", {{"signal", std::to_string(number)}});
    systemd::stopping();
    if (const Status finished = service_.finish(); !finished) {
      log::error("ended without a last commit", {{"error", finished.error().message}});
      return failed;
    }
    log::info("ended");
    return done;
  }

  Service& service_;
  ServiceInUse& in_use_;
  std::string config_path_;
  Clock& clock_;
  std::future<LoadedService> reload_;
  bool is_asked_again_ = false;
  Duration reload_late_at_ = Duration::max();
  Duration tended_at_{0};
  Duration end_began_{0};
};

/// Ends what the service is made of, and `reload`. librdkafka waits without bound for a broker that is gone,
/// to tell it things that nothing of ours depends on, and a load for files that do not answer: by now all
/// that counts is committed, so the process does not wait as well.
void close(std::unique_ptr<Service> service, std::future<LoadedService> reload, Duration patience,
           ExitCode code) {
  const auto closed = std::async(std::launch::async, [&] {
    service.reset();
    if (reload.valid()) reload.wait();
  });
  if (closed.wait_for(patience) == std::future_status::ready) return;
  log::info("ended without waiting for brokers or files that do not answer");
  std::fflush(nullptr);
  std::_Exit(code);
}

int run(int argc, char** argv) {
  ExitCode code = done;
  const auto arguments = parse_arguments(argc, argv, code);
  if (!arguments) return code;
  const auto faults = fault::arm_from_environment();
  if (!faults) {
    complain(faults.error().message);
    return wrong_usage;
  }
  SystemClock clock;
  ConnectedPeers peers(clock);
  LoadedService loaded = load_service(arguments->config_path, nullptr, responder_ports(clock, &peers));
  if (!loaded.failure.empty()) {
    complain(loaded.failure);
    return loaded.is_temporary ? failed : broken_config;
  }
  log::set_level(log::level_named(loaded.config->log_level));
  if (arguments->only_check) {
    std::printf("configuration is sound; %s\n", rules_text(loaded.plan).c_str());
    return done;
  }
  const sigset_t signals = block_signals();
  log::info("starting", {{"version", service_version()},
                         {"rules", rules_text(loaded.plan)},
                         {"plan", loaded.plan.plan->hash()}});
  ServiceInUse in_use{*std::move(loaded.config), loaded.plan.left_out};
  auto service = Service::start(in_use.config, std::move(loaded), peers);
  if (!service) {
    log::error("cannot start", {{"error", service.error().message}});
    // What librdkafka does not take is known only now; starting again would not help.
    return service.error().code == ErrorCode::invalid ? broken_config : failed;
  }
  Daemon daemon(**service, in_use, arguments->config_path, clock);
  code = daemon.run(signals);
  close(*std::move(service), daemon.take_reload(), daemon.close_patience(), code);
  return code;
}

}  // namespace
}  // namespace alarum

int main(int argc, char** argv) {
  try {
    return alarum::run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarumd: %s\n", error.what());
    return 1;
  }
}

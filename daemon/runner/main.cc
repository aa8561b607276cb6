// The runner: runs one script, which its policy names, for those whom the policy lets ask, with an event on
// stdin. SIGHUP reloads the policy; SIGTERM and SIGINT end the scripts that run, and then it. With words
// behind the options it asks the runner that runs.
#include "daemon/base/ask.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/base/policy_file.h"
#include "daemon/base/printable.h"
#include "daemon/base/privileges.h"
#include "daemon/base/service_notify.h"
#include "daemon/base/system_error.h"
#include "daemon/base/unix_socket.h"
#include "daemon/runner/fork_launcher.h"
#include "daemon/runner/policy.h"
#include "daemon/runner/request.h"
#include "daemon/runner/request_server.h"
#include "daemon/runner/run_book.h"
#include "daemon/runner/runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <getopt.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace alarum::runner {
namespace {

// sysexits.h, as systemd's RestartPreventExitStatus= knows them.
enum ExitCode : int { done = 0, failed = 1, unreachable = 4, wrong_usage = 64, broken_policy = 78 };

struct Arguments {
  std::string policy_path;
  std::string state_path;
  std::string socket;
  bool only_check = false;
  bool any_capabilities = false;
  std::string request;
};

constexpr std::string_view usage =
    "alarum-runner --policy FILE --state FILE --socket PATH [--check]\n"
    "alarum-runner --socket PATH VERB [KEY=VALUE…]\n"
    "Runs one script for those who may ask; asks the one that runs.\n\n"
    "  -p, --policy FILE  the policy, which names the script\n"
    "  -t, --check        check the policy, start nothing\n"
    "      --state FILE   what is remembered of actions\n"
    "  -s, --socket PATH  where it listens, unless systemd hands a socket over; where the one that runs "
    "does\n"
    "      --any-capabilities  run though it has capabilities, to try it out as root\n"
    "      --default      print a policy with every option at its default\n"
    "      --version      the version\n"
    "  -h, --help         this text\n\n"
    "Verbs: run action= until= (the event comes from stdin), result action=, forget action= (let it be run\n"
    "again; root only), status.\n"
    "Signals: SIGHUP reloads the policy, SIGTERM and SIGINT end its scripts and it.\n"
    "Exit codes: 0 done, 1 refused, in doubt, unknown, ended badly, or could not start, 4 no runner "
    "answers,\n"
    "64 wrong usage, 78 broken policy; 1 where only names of users or groups are unknown, which may be "
    "known\n"
    "later.\n";

/// The sentence is safe for a terminal already.
void complain(const std::string& sentence) { std::fprintf(stderr, "alarum-runner: %s\n", sentence.c_str()); }

/// An answer, whose lines are as safe for a terminal as if nobody had written them.
void print_lines(std::string_view answer) {
  for (std::size_t begin = 0; begin <= answer.size();) {
    const std::size_t end = std::min(answer.find('\n', begin), answer.size());
    std::puts(printable(answer.substr(begin, end - begin)).c_str());
    begin = end + 1;
  }
}

/// The arguments; or the code to exit with, when everything has been said.
std::optional<Arguments> parse_arguments(int argc, char** argv, ExitCode& code) {
  constexpr int version_flag = 256;
  constexpr int default_flag = 257;
  constexpr int capabilities_flag = 258;
  constexpr int state_flag = 259;
  static const option long_options[] = {{"policy", required_argument, nullptr, 'p'},
                                        {"check", no_argument, nullptr, 't'},
                                        {"state", required_argument, nullptr, state_flag},
                                        {"socket", required_argument, nullptr, 's'},
                                        {"any-capabilities", no_argument, nullptr, capabilities_flag},
                                        {"default", no_argument, nullptr, default_flag},
                                        {"version", no_argument, nullptr, version_flag},
                                        {"help", no_argument, nullptr, 'h'},
                                        {nullptr, 0, nullptr, 0}};
  Arguments out;
  code = done;
  for (int flag = 0; (flag = getopt_long(argc, argv, "p:s:th", long_options, nullptr)) != -1;) {
    switch (flag) {
      case 'p': out.policy_path = optarg; break;
      case 's': out.socket = optarg; break;
      case 't': out.only_check = true; break;
      case state_flag: out.state_path = optarg; break;
      case capabilities_flag: out.any_capabilities = true; break;
      case 'h': std::fputs(usage.data(), stdout); return std::nullopt;
      case default_flag: std::fputs(default_policy().c_str(), stdout); return std::nullopt;
      case version_flag: std::puts("alarum-runner " ALARUM_VERSION); return std::nullopt;
      default: code = wrong_usage; return std::nullopt;
    }
  }
  for (int i = optind; i < argc; ++i) out.request.append(out.request.empty() ? "" : " ").append(argv[i]);
  const bool is_whole = out.request.empty()
                            ? !out.policy_path.empty() && (out.only_check || !out.state_path.empty())
                            : !out.socket.empty();
  if (is_whole) return out;
  complain("it takes --policy and --state to run, --socket to ask: /run/alarum/runner-NAME.sock; see --help");
  code = wrong_usage;
  return std::nullopt;
}

/// What a policy file came to.
struct PolicyFile {
  std::optional<Policy> policy;         // nothing where it is not to be used
  std::vector<std::string> complaints;  // what is wrong with it, safe for a terminal; warnings too
  bool may_mend = false;                // by itself: only names are unknown
};

PolicyFile load_policy(const std::string& path) {
  PolicyFile out;
  auto text = read_policy_file(path);
  if (!text) {
    out.complaints.push_back(printable(text.error().message));
    return out;
  }
  LoadedPolicy loaded = parse_policy(path, *std::move(text));
  for (const Diagnostic& problem : loaded.problems) out.complaints.push_back(problem.to_text());
  out.may_mend = loaded.may_mend();
  if (loaded.is_sound()) out.policy = std::move(loaded.policy);
  return out;
}

/// Where signals are read from; none interrupts anything.
Result<Descriptor> open_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGHUP, SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  Descriptor out(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!out.is_open()) return system_error("cannot wait for signals", errno);
  return out;
}

/// Runs the runner until a signal ends it.
class Daemon {
 public:
  Daemon(Runner& runner, RequestServer& server, Launcher& launcher, std::string policy_path, int signals)
      : runner_(runner),
        server_(server),
        launcher_(launcher),
        policy_path_(std::move(policy_path)),
        signals_(signals) {}

  ExitCode run() {
    notify_service("READY=1");
    for (;;) {
      server_.step(signals_, round);
      signalfd_siginfo signal{};
      while (read(signals_, &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal)))
        take(signal.ssi_signo);
      launcher_.tend();
      if (ends_at_ && (runner_.running_count() == 0 || steady_now() > *ends_at_)) return done;
      tend();
    }
  }

 private:
  static constexpr std::chrono::milliseconds round{500};
  static constexpr std::chrono::seconds tend_interval{1};
  static constexpr std::chrono::seconds ending_max{45};  // more than the longest grace

  void take(unsigned signal) {
    if (signal == SIGHUP) reload();
    if (signal == SIGTERM || signal == SIGINT) begin_end(signal);
  }

  void tend() {
    const Duration now = steady_now();
    const Duration interval =
        std::min<Duration>(watchdog_interval().value_or(tend_interval) / 2, tend_interval);
    if (now < tended_at_ + interval) return;
    tended_at_ = now;
    runner_.tend();
    notify_service("WATCHDOG=1\nSTATUS=" + std::to_string(runner_.running_count()) + " running");
  }

  void reload() {
    // systemd takes READY=1 as the end of this reload by the time it began at: CLOCK_MONOTONIC.
    notify_service("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(steady_now().count()));
    const PolicyFile file = load_policy(policy_path_);
    for (const std::string& complaint : file.complaints) {
      if (file.policy) log::warn("the policy is sound but for this", {{"problem", complaint}});
      if (!file.policy) log::error("policy kept out, going on as before", {{"problem", complaint}});
    }
    if (file.policy) adopt(*file.policy);
    if (!file.policy) runner_.keep_policy();
    notify_service("READY=1");
  }

  void adopt(const Policy& policy) {
    log::set_level(log::level_named(policy.log_level));
    runner_.adopt(policy);
    server_.adopt(policy);
    log::info("policy reloaded");
  }

  void begin_end(unsigned signal) {
    if (ends_at_) return;
    notify_service("STOPPING=1");
    log::info("ending, with what runs", {{"signal", std::to_string(signal)}});
    ends_at_ = steady_now() + ending_max;
    server_.close_door();
    runner_.stop();
  }

  Runner& runner_;
  RequestServer& server_;
  Launcher& launcher_;
  std::string policy_path_;
  int signals_;
  Duration tended_at_{0};
  std::optional<Duration> ends_at_;  // on the steady clock, at the latest
};

Result<Descriptor> listen(const std::string& path) {
  const auto given = handed_over_socket();
  if (!given && path.empty())
    return Error{ErrorCode::invalid, "systemd hands no socket over, and there is no --socket"};
  TRY(const int descriptor, given ? Result<int>(*given) : listen_on_unix_socket(path));
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return Descriptor(descriptor);
}

/// Everything that can fail before the first request is heard.
Status serve(const Policy& policy, const Arguments& arguments, ExitCode& code) {
  TRY(const Descriptor signals, open_signals());
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  TRY(RunBook book, RunBook::open(arguments.state_path));
  TRY(ForkLauncher launcher, ForkLauncher::open());
  Runner runner(policy, std::move(book), launcher, clock);
  TRY(Descriptor listening, listen(arguments.socket));
  RequestServer server(std::move(listening), runner, policy);
  code = Daemon(runner, server, launcher, arguments.policy_path, signals.number()).run();
  return {};
}

/// All of stdin, or nothing where it cannot be read.
std::optional<std::string> read_stdin() {
  std::string out;
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return out;
    out.append(piece.data(), static_cast<std::size_t>(count));
  }
}

ExitCode run_request(const Arguments& arguments) {
  std::string request = arguments.request;
  if (request.starts_with("run ")) {
    const auto event = read_stdin();
    if (!event) complain("cannot read the event from stdin");
    if (!event) return failed;
    request.append("\n").append(*event);
  }
  if (const auto known = parse_request(request); !known) {
    complain(printable(known.error().message) + "; see --help");
    return wrong_usage;
  }
  const auto answer = ask(arguments.socket, request,
                          {.name = "the runner",
                           .user = "alarum-runner",
                           .unit = "alarum-runner@NAME.socket",
                           .answer_size_max = report_size_max(output_size_limit),
                           .patience = std::chrono::seconds(10),
                           .answer_patience = std::chrono::hours(2)});  // a script has up to an hour
  if (!answer) {
    complain(printable(answer.error().message));
    return unreachable;
  }
  print_lines(*answer);
  const std::string_view line = std::string_view(*answer).substr(0, answer->find('\n'));
  const bool went_well = line.find(" outcome=exited code=0 ") != std::string_view::npos;
  return line.starts_with("done") || line.starts_with("running") || went_well ? done : failed;
}

/// A script's streams would take the places of standard streams that are closed.
void open_standard_streams() {
  for (int descriptor = 0; descriptor <= STDERR_FILENO;) {
    descriptor = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    if (descriptor > STDERR_FILENO) close(descriptor);
  }
}

int run(int argc, char** argv) {
  open_standard_streams();
  ExitCode code = done;
  const auto arguments = parse_arguments(argc, argv, code);
  if (!arguments) return code;
  if (!arguments->request.empty()) return run_request(*arguments);
  const PolicyFile file = load_policy(arguments->policy_path);
  for (const std::string& complaint : file.complaints) complain(complaint);
  if (!file.policy) return file.may_mend ? failed : broken_policy;
  if (arguments->only_check) {
    std::puts("policy is sound");
    return done;
  }
  log::set_level(log::level_named(file.policy->log_level));
  if (const Status limited = limit_privileges({}, arguments->any_capabilities); !limited) {
    log::error("cannot start", {{"error", limited.error().message}});
    return failed;
  }
  std::optional<fault::Armed> faults;
  if (const char* const text = std::getenv("ALARUM_FAULT")) {
    auto handler = fault::parse(text);
    if (!handler) {
      complain(printable(handler.error().message));
      return wrong_usage;
    }
    faults.emplace(*std::move(handler));
  }
  if (const Status served = serve(*file.policy, *arguments, code); !served) {
    log::error("cannot start", {{"error", served.error().message}});
    return failed;
  }
  return code;
}

}  // namespace
}  // namespace alarum::runner

int main(int argc, char** argv) {
  try {
    return alarum::runner::run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum-runner: %s\n", error.what());
    return 1;
  }
}

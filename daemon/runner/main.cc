// The runner: runs one script, which its policy names, for those whom the policy lets ask, with an event on
// stdin. SIGHUP reloads the policy; SIGTERM and SIGINT end the scripts that run, and then it. With words
// behind the options it asks the runner that runs.
#include "daemon/base/ask.h"
#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/base/printable.h"
#include "daemon/base/privileges.h"
#include "daemon/base/service_notify.h"
#include "daemon/base/signals.h"
#include "daemon/base/unix_socket.h"
#include "daemon/runner/fork_launcher.h"
#include "daemon/runner/policy.h"
#include "daemon/runner/request.h"
#include "daemon/runner/request_server.h"
#include "daemon/runner/run_book.h"
#include "daemon/runner/runner.h"
#include "daemon/runner/service.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <getopt.h>
#include <optional>
#include <string>
#include <string_view>
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

Result<Descriptor> listen(const std::string& path) {
  const auto given = handed_over_socket();
  if (!given && path.empty())
    return Error{ErrorCode::invalid, "systemd hands no socket over, and there is no --socket"};
  TRY(const int descriptor, given ? Result<int>(*given) : listen_on_unix_socket(path));
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return Descriptor(descriptor);
}

/// Everything that can fail before the first request is heard.
Status serve(const Policy& policy, const Arguments& arguments) {
  TRY(const Descriptor signals, receive_signals({SIGHUP, SIGTERM, SIGINT, SIGCHLD}));
  std::signal(SIGPIPE, SIG_IGN);
  SystemClock clock;
  TRY(RunBook book, RunBook::open(arguments.state_path));
  TRY(ForkLauncher launcher, ForkLauncher::open());
  Runner runner(policy, std::move(book), launcher, clock);
  TRY(Descriptor listening, listen(arguments.socket));
  RequestServer server(std::move(listening), runner, policy);
  Service(runner, server, launcher, arguments.policy_path, signals.number()).run();
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
  std::fputs(printable_lines(*answer).c_str(), stdout);
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
  const PolicyFile<Policy> file = load_policy(arguments->policy_path);
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
  const auto faults = fault::arm_from_environment();
  if (!faults) {
    complain(printable(faults.error().message));
    return wrong_usage;
  }
  if (const Status served = serve(*file.policy, *arguments); !served) {
    log::error("cannot start", {{"error", served.error().message}});
    return failed;
  }
  return done;
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

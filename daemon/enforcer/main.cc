// The enforcer: blocks addresses in the kernel's packet filter for those whom its policy lets ask, and nobody
// whom its policy protects. SIGHUP reloads the policy, SIGTERM and SIGINT end it; blocks stay. With words
// behind the options it asks the enforcer that runs.
#include "daemon/base/fault.h"
#include "daemon/base/log.h"
#include "daemon/base/printable.h"
#include "daemon/base/privileges.h"
#include "daemon/base/service_notify.h"
#include "daemon/base/signals.h"
#include "daemon/base/unix_socket.h"
#include "daemon/enforcer/ask.h"
#include "daemon/enforcer/direct_panic.h"
#include "daemon/enforcer/enforcer.h"
#include "daemon/enforcer/netlink_host.h"
#include "daemon/enforcer/nft_table.h"
#include "daemon/enforcer/policy.h"
#include "daemon/enforcer/request.h"
#include "daemon/enforcer/request_server.h"
#include "daemon/enforcer/service.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <getopt.h>
#include <linux/capability.h>
#include <optional>
#include <unistd.h>
#include <utility>
#include <vector>

namespace alarum::enforcer {
namespace {

// sysexits.h, as systemd's RestartPreventExitStatus= knows them.
enum ExitCode : int { done = 0, failed = 1, unreachable = 4, wrong_usage = 64, broken_policy = 78 };

struct Arguments {
  std::string policy_path = std::string(default_policy_path);
  std::string socket = std::string(option_at(policy_options(), "socket").default_value.front());
  bool only_check = false;
  bool any_capabilities = false;
  std::string request;
};

constexpr AllowedCapabilities allowed = {1U << CAP_NET_ADMIN, "CAP_NET_ADMIN"};

constexpr std::string_view usage =
    "alarum-enforcer [--policy FILE] [--check]\n"
    "alarum-enforcer [--socket PATH] VERB [KEY=VALUE…]\n"
    "Blocks addresses with nftables for those who may ask; asks the one that runs.\n\n"
    "  -p, --policy FILE  the policy (default: /etc/alarum/enforcer.yaml)\n"
    "  -t, --check        check the policy, start nothing\n"
    "  -s, --socket PATH  where the one that runs listens (default: /run/alarum/enforcer.sock)\n"
    "      --any-capabilities  run though it has more than CAP_NET_ADMIN, to try it out as root\n"
    "      --default      print a policy with every option at its default\n"
    "      --version      the version\n"
    "  -h, --help         this text\n\n"
    "Verbs: block action= target= [for=], unblock target=|action=, protect target= until=,\n"
    "unprotect target= (root only), list [kind=blocks|protections|left_alone] [after=], status,\n"
    "panic (let everybody go and block nobody; for root also where no enforcer answers),\n"
    "arm (block again; root only).\n"
    "Signals: SIGHUP reloads the policy, SIGTERM and SIGINT end it; blocks stay.\n"
    "Exit codes: 0 done, 1 refused or could not start, 4 no enforcer answers, 64 wrong usage, 78 broken\n"
    "policy; 1 where only names of users or groups are unknown, which may be known later.\n";

/// The sentence is safe for a terminal already.
void complain(const std::string& sentence) {
  std::fprintf(stderr, "alarum-enforcer: %s\n", sentence.c_str());
}

/// The arguments; or the code to exit with, when everything has been said.
std::optional<Arguments> parse_arguments(int argc, char** argv, ExitCode& code) {
  constexpr int version_flag = 256;
  constexpr int default_flag = 257;
  constexpr int capabilities_flag = 258;
  static const option long_options[] = {{"policy", required_argument, nullptr, 'p'},
                                        {"check", no_argument, nullptr, 't'},
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
      case capabilities_flag: out.any_capabilities = true; break;
      case 'h': std::fputs(usage.data(), stdout); return std::nullopt;
      case default_flag: std::fputs(default_policy().c_str(), stdout); return std::nullopt;
      case version_flag: std::puts("alarum-enforcer " ALARUM_VERSION); return std::nullopt;
      default: code = wrong_usage; return std::nullopt;
    }
  }
  for (int i = optind; i < argc; ++i) out.request.append(out.request.empty() ? "" : " ").append(argv[i]);
  return out;
}

/// The policy file; every problem has been said.
PolicyFile<Policy> load_or_complain(const std::string& path) {
  PolicyFile<Policy> file = load_policy(path);
  for (const std::string& complaint : file.complaints) complain(complaint);
  return file;
}

Result<int> listen(const Policy& policy) {
  const auto given = handed_over_socket();
  TRY(const int descriptor, given ? Result<int>(*given) : listen_on_unix_socket(policy.socket));
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

/// Everything that can fail before the first request is heard.
Status serve(const Policy& policy, const std::string& policy_path) {
  TRY(const Descriptor signals, receive_signals({SIGHUP, SIGTERM, SIGINT}));
  SystemClock clock;
  TRY(StateLog state, StateLog::open(policy.state));
  TRY(NftCommands commands, NftCommands::open());
  TRY(NetlinkHost host, NetlinkHost::open());
  TRY(NftChanges changes, NftChanges::open(NftTable::name));
  const std::vector<int> wakes = {host.descriptor(), changes.descriptor()};
  NftTable table(std::move(commands), std::move(changes));
  Enforcer enforcer(policy, table, host, std::move(state), clock);
  enforcer.start();
  TRY(const int listening, listen(policy));
  RequestServer server(listening, enforcer, policy.askers);
  Service(enforcer, server, policy, policy_path, signals.number(), wakes).run();
  return {};
}

/// What of the policy a panic needs, which goes on without the rest.
std::string state_path(const std::string& policy_path) {
  const PolicyFile<Policy> file = load_or_complain(policy_path);
  if (file.policy) return file.policy->state;
  std::string out(option_at(policy_options(), "state").default_value.front());
  complain("the policy cannot be used, so the state is taken to be in " + out);
  return out;
}

/// Does without an enforcer what it does not answer to.
ExitCode panic_without_one(const Arguments& arguments) {
  auto commands = NftCommands::open();
  Status outcome = commands ? Status() : Status(commands.error());
  if (commands) {
    NftTable table(*std::move(commands), std::nullopt);
    outcome = panic_directly([&] { return state_path(arguments.policy_path); }, table);
  }
  if (!outcome) complain(printable(outcome.error().message));
  if (outcome) std::puts("done armed=no");
  return outcome ? done : failed;
}

ExitCode run_request(const Arguments& arguments) {
  if (const auto request = parse_request(arguments.request); !request) {
    complain(printable(request.error().message) + "; see --help");
    return wrong_usage;
  }
  const auto answer = ask(arguments.socket, arguments.request);
  if (!answer) {
    complain(printable(answer.error().message));
    if (arguments.request != "panic" || geteuid() != 0) return unreachable;
    complain("acting without an enforcer");
    return panic_without_one(arguments);
  }
  std::fputs(printable_lines(*answer).c_str(), stdout);
  return answer->starts_with("done") ? done : failed;
}

int run(int argc, char** argv) {
  ExitCode code = done;
  const auto arguments = parse_arguments(argc, argv, code);
  if (!arguments) return code;
  if (!arguments->request.empty()) return run_request(*arguments);
  const PolicyFile<Policy> file = load_or_complain(arguments->policy_path);
  if (!file.policy) return file.may_mend ? failed : broken_policy;
  if (arguments->only_check) {
    std::puts("policy is sound");
    return done;
  }
  log::set_level(log::level_named(file.policy->log_level));
  if (const Status limited = limit_privileges(allowed, arguments->any_capabilities); !limited) {
    log::error("cannot start", {{"error", limited.error().message}});
    return failed;
  }
  const auto faults = fault::arm_from_environment();
  if (!faults) {
    complain(printable(faults.error().message));
    return wrong_usage;
  }
  if (const Status served = serve(*file.policy, arguments->policy_path); !served) {
    log::error("cannot start", {{"error", served.error().message}});
    return failed;
  }
  return done;
}

}  // namespace
}  // namespace alarum::enforcer

int main(int argc, char** argv) {
  try {
    return alarum::enforcer::run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum-enforcer: %s\n", error.what());
    return 1;
  }
}

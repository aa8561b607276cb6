// alarum-demo: what ./dev demo runs. A broker in memory, alarumd with the shipped rules, and a working day
// with three attacks in it, for about a minute.
#include "daemon/base/log.h"
#include "daemon/base/printable.h"
#include "daemon/base/suggest.h"
#include "daemon/demo/metrics_text.h"
#include "daemon/demo/performance.h"
#include "daemon/demo/streams.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <getopt.h>
#include <unistd.h>

namespace alarum::demo {
namespace {

/// What the exit status says; the same numbers as `alarum`'s, and the shell's for Ctrl-C.
enum ExitCode : int { done = 0, findings = 1, trouble = 4, wrong_usage = 64, interrupted = 130 };

constexpr const char* program = "alarum-demo";

constexpr const char* help_text =
    "alarum-demo --rules FOLDER [OPTIONS]: Alarum at work, with a broker in memory and an attacked company\n"
    "\n"
    "  --rules FOLDER    the rules\n"
    "  --without ATTACK  leaves this attack out, and so its alerts; may be repeated\n"
    "  --block           really blocks the web server's attacker, in network namespaces; takes root\n"
    "  --list            the attacks: name, platform, ATT&CK technique, what happens\n"
    "  --keep            goes on afterwards, at a gentle pace, until Ctrl-C\n"
    "  --seconds N       how long it plays (default 60)\n"
    "  --port N          where /metrics answers, on 127.0.0.1 (default: a port that is free)\n"
    "  --no-color        no colours; NO_COLOR in the environment does the same\n"
    "  --help            this text\n"
    "\n"
    "Exit codes: 0 every alert came, and no other, with its ticket and its block; 1 not so; 4 something did\n"
    "not run; 64 wrong usage; 130 ended early by Ctrl-C.\n";

/// What the command line asks for.
struct Request {
  enum class Kind { play, list, help };
  Kind kind = Kind::play;
  std::string rules;
  PerformanceSettings performance{std::chrono::seconds(60), {}};
  std::uint16_t port = 0;
  bool keeps = false;
  bool blocks = false;
  bool wants_colours = true;
};

void complain(const std::string& sentence) { std::fprintf(stderr, "%s: %s\n", program, sentence.c_str()); }

bool take_attack(std::string_view value, Request& request) {
  std::vector<std::string_view> names;
  for (const Attack& attack : attacks()) names.push_back(attack.name);
  if (std::find(names.begin(), names.end(), value) != names.end()) {
    request.performance.left_out.emplace_back(value);
    return true;
  }
  std::string message = "--without: '" + printable(value) + "' is no attack";
  if (const std::string guess = did_you_mean(value, names); !guess.empty()) message += "; " + guess;
  complain(message + "\n  --list tells them");
  return false;
}

bool take_number(std::string_view option, std::string_view value, unsigned max, unsigned& out) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (error == std::errc() && end == value.data() + value.size() && out >= 1 && out <= max) return true;
  complain("--" + std::string(option) + ": '" + printable(value) + "' is no number from 1 to " +
           std::to_string(max));
  return false;
}

bool take_seconds(std::string_view value, Request& request) {
  constexpr unsigned seconds_max = 24 * 60 * 60;
  unsigned seconds = 0;
  if (!take_number("seconds", value, seconds_max, seconds)) return false;
  request.performance.length = std::chrono::seconds(seconds);
  return true;
}

bool take_port(std::string_view value, Request& request) {
  unsigned port = 0;
  if (!take_number("port", value, UINT16_MAX, port)) return false;
  request.port = static_cast<std::uint16_t>(port);
  return true;
}

/// One option that getopt_long found; false after a message.
bool take_option(int letter, Request& request) {
  switch (letter) {
    case 'r': request.rules = optarg; return true;
    case 'w': return take_attack(optarg, request);
    case 's': return take_seconds(optarg, request);
    case 'p': return take_port(optarg, request);
    case 'b': request.blocks = true; return true;
    case 'k': request.keeps = true; return true;
    case 'n': request.wants_colours = false; return true;
    case 'l': request.kind = Request::Kind::list; return true;
    case 'h': request.kind = Request::Kind::help; return true;
    default: return false;  // getopt_long said why
  }
}

bool read_arguments(int argc, char** argv, Request& request) {
  static const option known[] = {
      {"rules", required_argument, nullptr, 'r'},   {"without", required_argument, nullptr, 'w'},
      {"seconds", required_argument, nullptr, 's'}, {"port", required_argument, nullptr, 'p'},
      {"block", no_argument, nullptr, 'b'},         {"keep", no_argument, nullptr, 'k'},
      {"no-color", no_argument, nullptr, 'n'},      {"list", no_argument, nullptr, 'l'},
      {"help", no_argument, nullptr, 'h'},          {nullptr, 0, nullptr, 0},
  };
  for (int letter = 0; (letter = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
    if (!take_option(letter, request)) return false;
  }
  if (optind < argc) {
    complain("'" + printable(argv[optind]) + "' is not an option");
    return false;
  }
  if (request.kind == Request::Kind::play && request.rules.empty()) {
    complain("--rules FOLDER is missing");
    return false;
  }
  return true;
}

ExitCode list_attacks() {
  for (const Attack& attack : attacks()) {
    std::string line(attack.name);
    for (const std::string_view column : {platform_name(attack.platform), attack.technique, attack.summary}) {
      line.append("\t").append(column);
    }
    if (std::printf("%s\n", line.c_str()) < 0) return trouble;
  }
  return std::fflush(stdout) == 0 ? done : trouble;
}

/// The other programs are built into the folder of this one.
std::string folder_of_programs() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

/// What plays, and where to look at it.
Status tell_stage(Screen& screen, const Stage& stage, const Request& request) {
  TRY(const std::string metrics, stage.metrics());
  const auto rules = static_cast<std::uint64_t>(metric_sum(metrics, "alarum_rules_loaded", ""));
  std::string topics;
  for (const Stream& stream : streams) topics.append(topics.empty() ? "" : ", ").append(stream.name);
  screen.line("  broker   " + stage.brokers() + ", in memory: " + topics);
  screen.line("  alarumd  " + counted(rules, "rule") + " from " + printable(request.rules));
  screen.line("  tickets  http://" + stage.tickets() + "/, a stand-in for a Jira, in memory");
  screen.line(
      request.blocks
          ? "  firewall alarum-enforcer on web-02, a network namespace; the attacker is in another one"
          : "  firewall in shadow: what it would block is written down");
  screen.line("  metrics  " + stage.metrics_url());
  if (request.keeps)
    screen.line("  status   " + folder_of_programs() + "/alarum status --socket " + stage.control_socket());
  screen.line("");
  return {};
}

/// Everything between set-up and tear-down.
Result<ExitCode> perform(const Request& request, Stage& stage, Screen& screen, const EndSignals& signals) {
  TRY(const auto shipper, Shipper::open(stage.brokers()));
  Performance performance(request.performance, stage, *shipper, screen, signals);
  TRY_OK(performance.play());
  if (signals.came()) return interrupted;
  TRY(const bool is_well, performance.tell_outcome());
  if (request.keeps && screen.ok()) {
    screen.line("");
    screen.line("It goes on until Ctrl-C. " + stage.metrics_url());
    screen.line("");
    TRY_OK(performance.linger());
  }
  return is_well ? done : findings;
}

Result<ExitCode> play(const Request& request, Screen& screen, const EndSignals& signals) {
  if (request.blocks && geteuid() != 0) {
    return Error{ErrorCode::unsupported,
                 "--block takes root, for network namespaces and what is blocked between them"};
  }
  screen.line("Alarum: log records from Kafka, Sigma rules, alerts");
  TRY(const auto stage, Stage::set_up({folder_of_programs(), request.rules, request.port, request.blocks},
                                      [&] { return signals.came(); }));
  TRY_OK(tell_stage(screen, *stage, request));
  auto code = perform(request, *stage, screen, signals);
  screen.status("ending");
  return code;
}

ExitCode run(int argc, char** argv) {
  Request request;
  if (!read_arguments(argc, argv, request)) {
    std::fprintf(stderr, "%s --help says what is possible\n", program);
    return wrong_usage;
  }
  if (request.kind == Request::Kind::help) return std::fputs(help_text, stdout) == EOF ? trouble : done;
  if (request.kind == Request::Kind::list) return list_attacks();
  const EndSignals signals;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write
  log::set_level(log::Level::error);
  Result<ExitCode> code = trouble;
  {
    Screen screen(stdout, request.wants_colours);
    code = play(request, screen, signals);
    if (code && !screen.ok()) code = Error{ErrorCode::io, "cannot write to standard output"};
  }
  if (signals.came() && !code) return interrupted;
  if (code) return *code;
  complain(code.error().message);
  return trouble;
}

}  // namespace
}  // namespace alarum::demo

int main(int argc, char** argv) {
  try {
    return alarum::demo::run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum-demo: %s\n", error.what());
    return alarum::demo::trouble;
  }
}

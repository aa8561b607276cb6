// Prints a generated story of log events: background noise and the attacks in it. The command line is read
// with getopt_long, so that the demo needs nothing that daemon/cli needs.
#include "daemon/base/suggest.h"
#include "daemon/demo/event_story.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <getopt.h>
#include <iterator>

namespace alarum::demo {
namespace {

/// What the exit status says; the same numbers as `alarum`'s.
enum ExitCode : int { done = 0, not_written = 4, wrong_usage = 64 };

constexpr const char* program = "alarum-demo-story";

constexpr const char* help_text =
    "alarum-demo-story: log events of a generated working day with attacks in it, one JSON object a line\n"
    "\n"
    "  --platform NAME           windows, linux or web: whose logs (default windows)\n"
    "  --events N                background events; attacks come on top (default 5000)\n"
    "  --seed N                  another seed, another day (default 1)\n"
    "  --without ATTACK          leave this attack out and every other line as it is; may be repeated\n"
    "  --category NAME           linux: only events of this Sigma category, process_creation or file_event\n"
    "  --list                    the attacks: name, platform, ATT&CK technique, what happens\n"
    "  --help                    this text\n"
    "\n"
    "Exit codes: 0 done, 4 the output cannot be written, 64 wrong usage.\n";

/// What the command line asks for.
struct Request {
  enum class Kind { story, list, help };
  Kind kind = Kind::story;
  StoryOptions story;
};

/// Says on stderr that `value` is none of what the option takes.
bool refuse(std::string_view option, std::string_view value, const std::vector<std::string_view>& known) {
  std::string message = std::string("--") + option.data() + ": '" + std::string(value) + "' is not known";
  if (const std::string guess = did_you_mean(value, known); !guess.empty()) message += "; " + guess;
  message += "\n  known:";
  for (const std::string_view word : known) message.append(" ").append(word);
  std::fprintf(stderr, "%s: %s\n", program, message.c_str());
  return false;
}

bool is_one_of(const std::vector<std::string_view>& known, std::string_view value) {
  return std::find(known.begin(), known.end(), value) != known.end();
}

bool take_platform(std::string_view value, StoryOptions& story) {
  for (const Platform platform : platforms) {
    if (platform_name(platform) != value) continue;
    story.platform = platform;
    return true;
  }
  return refuse("platform", value, {"windows", "linux", "web"});
}

/// An attack of the other platform is accepted, so that one command line serves both.
bool take_without(std::string_view value, StoryOptions& story) {
  std::vector<std::string_view> names;
  for (const Attack& attack : attacks()) names.push_back(attack.name);
  if (!is_one_of(names, value)) return refuse("without", value, names);
  story.without.emplace_back(value);
  return true;
}

bool take_category(std::string_view value, StoryOptions& story) {
  if (!is_one_of(categories(), value)) return refuse("category", value, categories());
  story.category = value;
  return true;
}

bool take_number(std::string_view option, std::string_view value, std::uint64_t max, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
  if (error == std::errc() && end == value.data() + value.size() && out <= max) return true;
  std::fprintf(stderr, "%s: --%s: '%s' is not a number from 0 to %llu\n", program, option.data(),
               value.data(), static_cast<unsigned long long>(max));
  return false;
}

/// One option that getopt_long found; false after a message.
bool take_option(int letter, Request& request) {
  switch (letter) {
    case 'p': return take_platform(optarg, request.story);
    case 'e': return take_number("events", optarg, story_events_max, request.story.events);
    case 's': return take_number("seed", optarg, UINT64_MAX, request.story.seed);
    case 'w': return take_without(optarg, request.story);
    case 'c': return take_category(optarg, request.story);
    case 'l': request.kind = Request::Kind::list; return true;
    case 'h': request.kind = Request::Kind::help; return true;
    default: return false;  // getopt_long said why
  }
}

bool read_arguments(int argc, char** argv, Request& request) {
  static const option known[] = {
      {"platform", required_argument, nullptr, 'p'}, {"events", required_argument, nullptr, 'e'},
      {"seed", required_argument, nullptr, 's'},     {"without", required_argument, nullptr, 'w'},
      {"category", required_argument, nullptr, 'c'}, {"list", no_argument, nullptr, 'l'},
      {"help", no_argument, nullptr, 'h'},           {nullptr, 0, nullptr, 0},
  };
  for (int letter = 0; (letter = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
    if (!take_option(letter, request)) return false;
  }
  if (optind < argc) {
    std::fprintf(stderr, "%s: '%s' is not an option\n", program, argv[optind]);
    return false;
  }
  if (!request.story.category.empty() && request.story.platform != Platform::linux_hosts) {
    std::fprintf(stderr, "%s: --category needs --platform linux\n", program);
    return false;
  }
  return true;
}

bool print_line(std::string_view line) {
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF;
}

bool print_attacks() {
  return std::all_of(attacks().begin(), attacks().end(), [](const Attack& attack) {
    std::string line(attack.name);
    for (const std::string_view column : {platform_name(attack.platform), attack.technique, attack.summary}) {
      line.append("\t").append(column);
    }
    return print_line(line);
  });
}

bool print_story(const StoryOptions& story) {
  bool is_written = true;
  write_story(story, [&](std::string_view line) { return is_written = print_line(line); });
  return is_written;
}

bool answer(const Request& request) {
  switch (request.kind) {
    case Request::Kind::help: return std::fputs(help_text, stdout) != EOF;
    case Request::Kind::list: return print_attacks();
    case Request::Kind::story: return print_story(request.story);
  }
  return false;
}

int run(int argc, char** argv) {
  Request request;
  if (!read_arguments(argc, argv, request)) {
    std::fprintf(stderr, "%s --help says what is possible\n", program);
    return wrong_usage;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, with a message
  if (answer(request) && std::fflush(stdout) == 0) return done;
  std::fprintf(stderr, "%s: cannot write to standard output: %s\n", program, std::strerror(errno));
  return not_written;
}

}  // namespace
}  // namespace alarum::demo

int main(int argc, char** argv) { return alarum::demo::run(argc, argv); }

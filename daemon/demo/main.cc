// Prints the demo's story as JSON lines. `daemon/demo/demo.sh` sends them through the shipped rules.
#include "daemon/base/suggest.h"
#include "daemon/demo/story.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <getopt.h>

namespace alarum::demo {
namespace {

constexpr int done = 0;
constexpr int not_written = 4;
constexpr int wrong_usage = 64;
constexpr std::size_t events_max = 100'000'000;

constexpr const char* usage =
    "alarum-demo-story [--platform windows|linux] [--events N] [--seed N] [--without ATTACK]...\n"
    "                  [--category process_creation|file_event] [--list]\n"
    "Prints a generated day of logs with attacks in it, one JSON object a line. --events counts background\n"
    "events (default 5000); --without leaves an attack out and every other line as it is; --list names the\n"
    "attacks; --category prints only these events of Linux hosts.\n";

std::array<const Platform*, 2> platforms() { return {&windows_platform(), &linux_platform()}; }

std::vector<std::string_view> attack_names() {
  std::vector<std::string_view> out;
  for (const Platform* platform : platforms()) {
    for (const Attack& attack : platform->attacks) out.push_back(attack.name);
  }
  return out;
}

void list_attacks() {
  for (const Platform* platform : platforms()) {
    for (const Attack& attack : platform->attacks) {
      std::printf("%-18s %-8s %-10s %s\n", std::string(attack.name).c_str(),
                  std::string(platform->name).c_str(), std::string(attack.technique).c_str(),
                  std::string(attack.summary).c_str());
    }
  }
}

template <class Number>
bool read_number(const char* text, Number& out) {
  const char* const end = text + std::strlen(text);
  const auto [at, error] = std::from_chars(text, end, out);
  return error == std::errc() && at == end;
}

/// False where the value is none of the option's; what can be is on stderr then.
bool take_option(int option, const char* value, StoryOptions& options) {
  if (option == 'e' && read_number(value, options.events) && options.events <= events_max) return true;
  if (option == 's' && read_number(value, options.seed)) return true;
  if (option == 'c') {
    options.category = value;
    return true;
  }
  if (option == 'p') {
    for (const Platform* platform : platforms()) {
      if (platform->name == value) options.platform = platform;
      if (platform->name == value) return true;
    }
  }
  if (option == 'w') {
    const auto names = attack_names();
    options.without.emplace_back(value);
    if (std::find(names.begin(), names.end(), value) != names.end()) return true;
    std::fprintf(stderr, "alarum-demo-story: no attack is named '%s' %s (--list names them)\n", value,
                 did_you_mean(value, names).c_str());
    return false;
  }
  if (option != '?') std::fprintf(stderr, "alarum-demo-story: '%s' is not understood; see --help\n", value);
  return false;
}

int tell(const StoryOptions& options) {
  write_story(options, [](std::string_view line) {
    return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF;
  });
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return done;
  std::fprintf(stderr, "alarum-demo-story: cannot write: %s\n", std::strerror(errno));
  return not_written;
}

int run(int argc, char** argv) {
  const std::array<option, 8> known = {{{"platform", required_argument, nullptr, 'p'},
                                        {"events", required_argument, nullptr, 'e'},
                                        {"seed", required_argument, nullptr, 's'},
                                        {"without", required_argument, nullptr, 'w'},
                                        {"category", required_argument, nullptr, 'c'},
                                        {"list", no_argument, nullptr, 'l'},
                                        {"help", no_argument, nullptr, 'h'},
                                        {nullptr, 0, nullptr, 0}}};
  StoryOptions options;
  options.platform = &windows_platform();
  for (int option = 0; (option = getopt_long(argc, argv, "", known.data(), nullptr)) != -1;) {
    if (option == 'h') std::fputs(usage, stdout);
    if (option == 'l') list_attacks();
    if (option == 'h' || option == 'l') return done;
    if (!take_option(option, optarg, options)) return wrong_usage;
  }
  if (optind == argc) return tell(options);
  std::fprintf(stderr, "alarum-demo-story: '%s' is not understood; see --help\n", argv[optind]);
  return wrong_usage;
}

}  // namespace
}  // namespace alarum::demo

int main(int argc, char** argv) { return alarum::demo::run(argc, argv); }

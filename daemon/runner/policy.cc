#include "daemon/runner/policy.h"

#include "config/log_options.h"
#include "config/option_reference.h"
#include "config/settings.h"
#include "daemon/runner/program_check.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace alarum::runner {
namespace {

using Type = Option::Type;

constexpr std::int64_t microseconds(std::chrono::seconds seconds) { return Duration(seconds).count(); }
constexpr std::int64_t second = microseconds(std::chrono::seconds(1));
constexpr std::int64_t hour = microseconds(std::chrono::hours(1));
constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

const Section& limits_section() {
  static const Section section = {
      .options = {
          {.name = "running_max",
           .type = Type::count,
           .default_value = {"2"},
           .min = 1,
           .max = 16,
           .help = "More runs at a time are refused (guard busy)."},
          {.name = "runs_per_hour_max",
           .type = Type::count,
           .default_value = {"60"},
           .min = 1,
           .max = 100'000,
           .help = "More runs within an hour are refused (guard cap)."},
          {.name = "event_size_max",
           .type = Type::size,
           .default_value = {"2MiB"},
           .min = kib,
           .max = 16 * mib,
           .help = "Longer events are refused (guard request)."},
          {.name = "output_size_max",
           .type = Type::size,
           .default_value = {"64KiB"},
           .min = 0,
           .max = output_size_limit,
           .help = "How much of stdout, and how much of stderr, is kept; the rest is counted."},
          {.name = "remembered_max",
           .type = Type::count,
           .default_value = {"10000"},
           .min = 1,
           .max = 1'000'000,
           .help = "With so many actions remembered, new ones are refused (guard cap)."},
      }};
  return section;
}

/// What is run, and where.
std::vector<Option> script_options() {
  return {
      {.name = "command",
       .type = Type::text_list,
       .is_required = true,
       .example = "[/usr/local/lib/alarum/isolate-host, --quick]",
       .help = "The script: its path, then its arguments, as they are. No shell reads them."},
      {.name = "environment",
       .type = Type::text_list,
       .default_value = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
       .help = "Its environment, as NAME=value; ALARUM_ACTION_ID comes besides, and nothing else."},
      {.name = "folder", .type = Type::text, .default_value = {"/"}, .help = "The folder it runs in."},
      {.name = "class",
       .type = Type::word,
       .default_value = {"once"},
       .words = {"once", "declarative"},
       .help = "once: an action that was begun is never run again. declarative: running it again does no "
               "harm."},
      {.name = "timeout",
       .type = Type::duration,
       .default_value = {"60s"},
       .min = second,
       .max = hour,
       .help = "After so long it gets SIGTERM."},
      {.name = "grace",
       .type = Type::duration,
       .default_value = {"5s"},
       .min = 0,
       .max = microseconds(std::chrono::seconds(30)),
       .help = "So long after SIGTERM it gets SIGKILL, with everything that it started."},
      {.name = "remember",
       .type = Type::duration,
       .default_value = {"7d"},
       .min = hour,
       .max = 30 * 24 * hour,
       .help = "How long an action is remembered after its end, and how far away the end of a request may "
               "be (guard until)."}};
}

bool is_clean(std::string_view text) { return text.find('\0') == std::string_view::npos; }

/// Such a problem is the file's as a whole.
Diagnostic missing_command(const std::string& path) {
  Diagnostic out;
  out.file = path;
  out.reason = "missing_key";
  out.message = "'command' is missing: the path of the script and its arguments";
  return out;
}

void check_command(const Settings& settings, std::vector<Diagnostic>& missing, const std::string& path) {
  const std::vector<std::string>& command = settings.value("command").texts;
  const bool is_written = !settings.root().at("command").origin.is_default();
  if (!is_written && !settings.root().at("command").was_refused) missing.push_back(missing_command(path));
  if (!is_written) return;
  if (command.empty() || !command.front().starts_with('/'))
    return settings.refuse_value("command", "it begins with the path of the script, from / on");
  if (!std::all_of(command.begin(), command.end(), is_clean))
    return settings.refuse_value("command", "no program can be given a NUL");
  if (const Status safe = check_program(command.front()); !safe)
    settings.refuse_value("command", safe.error().message);
}

bool is_variable(std::string_view text) {
  const std::size_t sign = text.find('=');
  const std::string_view name = text.substr(0, sign);
  const auto is_name_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return sign != std::string_view::npos && !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), is_name_character) && is_clean(text) &&
         name != "ALARUM_ACTION_ID";
}

Policy policy_of(const Settings& settings) {
  const auto size = [&](std::string_view path) {
    return static_cast<std::size_t>(settings.value(path).number);
  };
  Policy out;
  out.command = settings.value("command").texts;
  out.environment = settings.value("environment").texts;
  if (!std::all_of(out.environment.begin(), out.environment.end(), is_variable))
    settings.refuse_value("environment",
                          "it takes texts like NAME=value, and ALARUM_ACTION_ID is not theirs");
  out.folder = settings.value("folder").text();
  if (!out.folder.starts_with('/') || !is_clean(out.folder))
    settings.refuse_value("folder", "it is a path from / on");
  out.is_once = settings.value("class").text() == "once";
  out.timeout = Duration(settings.value("timeout").number);
  out.grace = Duration(settings.value("grace").number);
  out.remember = Duration(settings.value("remember").number);
  out.limits = {.running_max = size("limits.running_max"),
                .runs_per_hour_max = size("limits.runs_per_hour_max"),
                .event_size_max = size("limits.event_size_max"),
                .output_size_max = size("limits.output_size_max"),
                .remembered_max = size("limits.remembered_max")};
  out.askers = read_askers(settings);
  out.log_level = settings.value("log.level").text();
  return out;
}

}  // namespace

const Section& policy_options() {
  static const Section root = [] {
    Section out{.options = script_options()};
    out.options.push_back(
        {.name = "limits", .type = Type::section, .section = &limits_section(), .help = "What is too much."});
    out.options.push_back(
        {.name = "askers", .type = Type::section, .section = &askers_options(), .help = "Who may ask."});
    out.options.push_back(
        {.name = "log", .type = Type::section, .section = &log_options(), .help = "The log."});
    return out;
  }();
  return root;
}

std::string default_policy() {
  return default_file(
      policy_options(),
      "# The policy of one runner: its script, how much it does, who may ask. Every option is here,\n"
      "# commented out, at its default. Root alone may write this file; see runner.md.\n");
}

LoadedPolicy<Policy> parse_policy(const std::string& path, std::string text) {
  Settings settings(policy_options());
  settings.read_file({path, std::move(text)});
  settings.check();
  LoadedPolicy<Policy> out;
  out.policy = policy_of(settings);
  std::vector<Diagnostic> missing;
  check_command(settings, missing, path);
  out.problems = settings.problems();
  out.problems.insert(out.problems.end(), missing.begin(), missing.end());
  return out;
}

PolicyFile<Policy> load_policy(const std::string& path) { return load_policy_file(path, &parse_policy); }

}  // namespace alarum::runner

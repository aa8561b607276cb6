#include "daemon/cli/command_line.h"

#include "daemon/base/ensure.h"
#include "daemon/base/suggest.h"
#include "daemon/cli/input.h"
#include "daemon/cli/terminal.h"
#include "daemon/cli/version.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <span>
#include <utility>

namespace alarum::cli {
namespace {

/// Nouns, and what their help says of them.
struct Noun {
  std::string_view name;
  const char* help;
};
constexpr std::array nouns = {Noun{"rule", "Detection rules"},
                              Noun{"config", "The configuration"},
                              Noun{"incident", "Incidents of the running daemon"},
                              Noun{"block", "Who is blocked"},
                              Noun{"allow", "Who is not blocked for a time"},
                              Noun{"audit", "Who did what"},
                              Noun{"responder", "Whom incidents are told to, and who acts"},
                              Noun{"breaker", "What stops all actions when too much is blocked"}};

constexpr auto global_help =
    "Options of every command, before or after it:\n"
    "  --config FILE          Configuration file (default: /etc/alarum/alarum.yaml, if it is there)\n"
    "  --format human|json    How results are printed; of lists also csv\n"
    "  --quiet                Results and errors only: no progress, no summary\n"
    "  --no-color             No colours, even on a terminal";

void add_global_options(CLI::App& app, GlobalOptions& global) {
  app.add_option("--config", global.config_path,
                 "Configuration file (default: /etc/alarum/alarum.yaml, if it is there)");
  app.add_option("--format", global.format, "How results are printed: human or json; of lists also csv")
      ->check(CLI::IsMember(std::vector<std::string>{"human", "json", "csv"}));
  app.add_flag("--no-color", global.no_color, "No colours, even on a terminal");
  app.add_flag("--quiet", global.quiet, "Results and errors only: no progress, no summary");
  app.set_version_flag("--version", version_text());
}

std::vector<const CLI::App*> commands_below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// The first word that should be a command and is none, with the nearest one that is; empty where all are.
std::string unknown_command(const CLI::App& app, std::span<char* const> words) {
  const CLI::App* at = &app;
  bool is_value = false;  // of the option before
  for (const std::string_view word : words) {
    const CLI::Option* const option = app.get_option_no_throw(std::string(word));
    const bool is_word_of_option =
        std::exchange(is_value, option != nullptr && option->get_items_expected_max() > 0);
    if (is_word_of_option || word.starts_with("-")) continue;
    const auto known = commands_below(*at);
    if (known.empty()) break;
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const CLI::App* const command : known) names.push_back(command->get_name());
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      return "'" + std::string(word) + "' is no command; " +
             (nearest_word(word, names).empty() ? "see --help" : did_you_mean(word, names));
    }
    at = known[static_cast<std::size_t>(found - names.begin())];
  }
  return {};
}

}  // namespace

Verb& Verb::option(const std::string& name, std::string& value, const std::string& help) {
  CLI::Option* const made = app_.add_option(name, value, help);
  if (!value.empty()) made->capture_default_str();
  return *this;
}

Verb& Verb::required(const std::string& name, std::string& value, const std::string& help) {
  app_.add_option(name, value, help)->required();
  return *this;
}

Verb& Verb::words(const std::string& name, std::vector<std::string>& values, const std::string& help) {
  app_.add_option(name, values, help);
  return *this;
}

Verb& Verb::flag(const std::string& name, bool& value, const std::string& help) {
  app_.add_flag(name, value, help);
  return *this;
}

Verb& Verb::daemon_socket(std::string& value) {
  socket_ = &value;
  return option("--socket", value,
                "The daemon's control socket (default: control.socket of the configuration)");
}

Verb& Verb::prints_csv() {
  has_csv_ = true;
  return *this;
}

void Verb::runs(Action action, const HelpEnd& end) {
  app_.footer(std::string(global_help) + "\n\nExit codes: " + end.exit_codes + "\n\nExample:\n  " +
              end.example);
  const Action guarded = [run = std::move(action), has_csv = has_csv_, socket = socket_, &global = global_] {
    if (global.format == "csv" && !has_csv) {
      complain("this command prints no CSV; --format is human or json");
      return wrong_usage;
    }
    if (socket != nullptr && socket->empty()) {
      auto configured = control_socket(global);
      if (!configured) return broken_config;
      *socket = *std::move(configured);
    }
    return run();
  };
  app_.callback([guarded, &chosen = chosen_] { chosen = guarded; });
}

CommandLine::CommandLine(GlobalOptions& global)
    : global_(global),
      app_(std::make_unique<CLI::App>("Alarum: Sigma detection over log streams, and response. Results go to "
                                      "stdout, everything else to stderr.",
                                      "alarum")) {
  app_->require_subcommand(1);
  add_global_options(*app_, global);
  app_->footer(
      "Exit codes: 0 done, 1 findings (a warning, a failed test, a refusal), 2 a rule or data file is\n"
      "broken, 3 the configuration is broken, 4 the daemon or a target cannot be reached, or output cannot\n"
      "be written, 64 wrong usage.\n\n"
      "'alarum COMMAND --help' tells the options of a command, what its exit codes mean, and an example.");
}

CommandLine::~CommandLine() = default;

Verb CommandLine::verb(const std::string& name, const std::string& help) {
  CLI::App& made = *app_->add_subcommand(name, help);
  made.fallthrough();
  return Verb(made, chosen_, global_);
}

Verb CommandLine::verb(const std::string& noun_name, const std::string& name, const std::string& help) {
  CLI::App& made = *noun(noun_name).add_subcommand(name, help);
  made.fallthrough();
  return Verb(made, chosen_, global_);
}

CLI::App& CommandLine::noun(const std::string& name) {
  for (CLI::App* const known : app_->get_subcommands([](const CLI::App*) { return true; })) {
    if (known->get_name() == name) return *known;
  }
  const auto* const row =
      std::find_if(nouns.begin(), nouns.end(), [&](const Noun& candidate) { return candidate.name == name; });
  ENSURE(row != nouns.end(), "a noun has its line in the table, for its help");
  CLI::App& made = *app_->add_subcommand(name, row->help);
  made.require_subcommand(1);
  made.fallthrough();
  made.footer("'alarum " + name +
              " COMMAND --help' tells the options of a command, its exit codes and an example.");
  return made;
}

ExitCode CommandLine::run(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // the library's way to say help, version and wrong usage
    if (error.get_exit_code() == 0) {
      app_->exit(error);
      return std::cout.flush() ? done : unreachable;
    }
    const std::string unknown = unknown_command(*app_, {argv + 1, argv + argc});
    if (unknown.empty()) {
      app_->exit(error);
    } else {
      complain(unknown);
    }
    return wrong_usage;
  }
  return chosen_();
}

}  // namespace alarum::cli

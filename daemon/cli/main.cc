// The tool of detection authors and SOC engineers: reads the command line, runs one command, returns its exit
// code.
#include "daemon/base/suggest.h"
#include "daemon/cli/command.h"
#include "daemon/cli/terminal.h"
#include "daemon/cli/version.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <iostream>
#include <span>
#include <utility>

namespace {

void add_global_options(CLI::App& app, alarum::cli::GlobalOptions& global) {
  app.add_option("--config", global.config_path,
                 "Configuration file (default: /etc/alarum/alarum.yaml, if it is there)");
  app.add_option("--format", global.format, "How results are printed: human or json")
      ->check(CLI::IsMember(std::vector<std::string>{"human", "json"}));
  app.add_flag("--no-color", global.no_color, "No colours, even on a terminal");
  app.add_flag("--quiet", global.quiet, "Results and errors only: no progress, no summary");
  app.set_version_flag("--version", alarum::cli::version_text());
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
    const auto known = at->get_subcommands([](const CLI::App*) { return true; });
    if (known.empty()) break;
    std::vector<std::string_view> names;
    names.reserve(known.size());
    for (const CLI::App* const command : known) names.push_back(command->get_name());
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      return "'" + std::string(word) + "' is no command; " +
             (alarum::nearest_word(word, names).empty() ? "see --help" : alarum::did_you_mean(word, names));
    }
    at = known[static_cast<std::size_t>(found - names.begin())];
  }
  return {};
}

/// Reads the command line and runs the command.
int run(int argc, char** argv) {
  CLI::App app("Alarum: Sigma detection over log streams. Results go to stdout, everything else to stderr.",
               "alarum");
  alarum::cli::GlobalOptions global;
  alarum::cli::Action action;
  app.require_subcommand(1);
  add_global_options(app, global);
  for (const alarum::cli::AddCommand add : alarum::cli::commands()) add(app, global, action);
  app.footer(
      "Exit codes: 0 done, 1 findings (a warning, a failed test), 2 a rule or data file is broken,\n"
      "3 the configuration is broken, 4 the daemon or a broker cannot be reached, or output cannot be\n"
      "written, 64 wrong usage.\n\n"
      "'alarum COMMAND --help' tells the options of a command, what its exit codes mean, and an example.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // the library's way to say help, version and wrong usage
    if (error.get_exit_code() == 0) {
      app.exit(error);
      return std::cout.flush() ? alarum::cli::done : alarum::cli::unreachable;
    }
    const std::string unknown = unknown_command(app, {argv + 1, argv + argc});
    if (unknown.empty()) {
      app.exit(error);
    } else {
      alarum::cli::complain(unknown);
    }
    return alarum::cli::wrong_usage;
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory may run out all the same
    std::fprintf(stderr, "alarum: %s\n", error.what());
    return alarum::cli::broken_input;
  }
}

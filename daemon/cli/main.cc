// The tool of detection authors and SOC engineers: reads the command line, runs one command, returns its exit
// code.
#include "daemon/cli/command.h"
#include "daemon/cli/version.h"

#include <cstdio>
#include <exception>

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
      "Exit codes: 0 done, 1 findings, 2 broken rule or data, 3 broken configuration, 4 unreachable,\n"
      "64 wrong usage.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // the library's way to say help, version and wrong usage
    const bool is_answer = error.get_exit_code() == 0;
    app.exit(error);
    return is_answer ? alarum::cli::done : alarum::cli::wrong_usage;
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

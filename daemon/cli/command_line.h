#pragma once

#include "daemon/cli/exit_code.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library calls itself so
class App;
}

/// The words after `alarum`: nouns, verbs and their options. The one place that knows CLI11.
namespace alarum::cli {

/// Options before or after any command.
struct GlobalOptions {
  std::string config_path;  ///< empty: the default file, if it is there
  std::string format;       ///< human, json or csv; empty: the command's own default
  bool no_color = false;
  bool quiet = false;

  /// Whether JSON is asked for, for commands that print text otherwise.
  bool is_json() const { return format == "json"; }
};

/// What a command line asks for, run after it is parsed.
using Action = std::function<ExitCode()>;

/// What `--help` of a command says below its own options: the global ones, the exit codes that it has, each
/// with its meaning there, and an example.
struct HelpEnd {
  std::string exit_codes;
  std::string example;
};

/// One command while it is described. What options are read into has to live until the action has run; the
/// action holds it. Names as CLI11 takes them: `--socket`, or `PATH` for words without one.
class Verb {
 public:
  Verb(CLI::App& app, Action& chosen, const GlobalOptions& global)
      : app_(app), chosen_(chosen), global_(global) {}

  /// One value; what `value` holds is the default, and is shown where it is not empty.
  Verb& option(const std::string& name, std::string& value, const std::string& help);
  /// One value without which the command is wrong usage.
  Verb& required(const std::string& name, std::string& value, const std::string& help);
  /// Every word up to the next option.
  Verb& words(const std::string& name, std::vector<std::string>& values, const std::string& help);
  /// True when it is there.
  Verb& flag(const std::string& name, bool& value, const std::string& help);
  /// `--socket`, for commands that ask the daemon. Empty until it runs, and the one of the configuration
  /// then.
  Verb& daemon_socket(std::string& value);
  /// It prints CSV where that is asked for; of any other command `--format csv` is wrong usage.
  Verb& prints_csv();
  /// What to run, and what to say below the options.
  void runs(Action action, const HelpEnd& end);

 private:
  CLI::App& app_;
  Action& chosen_;
  const GlobalOptions& global_;
  std::string* socket_ = nullptr;  ///< of the daemon; none: it is not asked
  bool has_csv_ = false;
};

/// All commands of the tool. Used by one thread, once.
class CommandLine {
 public:
  explicit CommandLine(GlobalOptions& global);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// A command of one word.
  Verb verb(const std::string& name, const std::string& help);
  /// A command `noun name`; the noun is made when it is first named.
  Verb verb(const std::string& noun, const std::string& name, const std::string& help);

  /// Parses and runs what was asked for; help, the version and what is wrong with the words are printed.
  ExitCode run(int argc, char** argv);

 private:
  CLI::App& noun(const std::string& name);

  const GlobalOptions& global_;
  std::unique_ptr<CLI::App> app_;
  Action chosen_;
};

}  // namespace alarum::cli

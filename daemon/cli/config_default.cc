#include "config/option_reference.h"
#include "daemon/cli/command.h"
#include "daemon/cli/terminal.h"
#include "responders/responder_kinds.h"

namespace alarum::cli {
namespace {

ExitCode print_default(const GlobalOptions& global, bool as_table) {
  Output output(global);
  output.write(as_table ? option_table(alarum_options().root()) : default_file(alarum_options().root()));
  output.flush();
  return output.ok() ? done : unreachable;
}

}  // namespace

void add_config_default(CommandLine& line, const GlobalOptions& global) {
  const auto as_table = std::make_shared<bool>(false);
  Verb verb = line.verb("config", "default", "Print a configuration file with every option, commented out");
  verb.flag("--markdown", *as_table, "Print the options as a Markdown table instead");
  verb.runs([&global, as_table] { return print_default(global, *as_table); },
            {"0 printed, 4 output cannot be written, 64 wrong usage", "alarum config default > alarum.yaml"});
}

}  // namespace alarum::cli

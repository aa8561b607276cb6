#include "daemon/base/clock.h"
#include "daemon/base/environment.h"
#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/input.h"
#include "daemon/respond/prepared_responders.h"

namespace alarum::cli {
namespace {

ExitCode check(const GlobalOptions& global) {
  LoadedConfig loaded = load_config(global.config_path, environment_variables(), alarum_options());
  SystemClock clock;
  loaded.problems = prepare_responders(loaded, responder_ports(clock, nullptr)).problems;
  Output output(global);
  if (global.is_json()) {
    std::string text;
    JsonWriter json(text);
    json.begin_object().key("files").begin_array();
    for (const std::string& file : loaded.files) json.text(file);
    json.end_array().key("problems");
    write_json(loaded.problems, json);
    json.end_object();
    output.write(text + "\n");
  } else {
    output.write(problems_text(loaded.problems));
    if (loaded.problems.empty() && !global.quiet) {
      output.write("sound: " + counted(loaded.files.size(), "configuration file") + " read\n");
    }
  }
  output.flush();
  if (!output.ok()) return unreachable;
  if (has_errors(loaded.problems)) return broken_config;
  return loaded.problems.empty() ? done : findings;
}

}  // namespace

void add_config_check(CommandLine& line, const GlobalOptions& global) {
  line.verb("config", "check", "Print every problem of it")
      .runs([&global] { return check(global); }, {"0 sound, 1 warnings only, 3 the configuration is broken, "
                                                  "4 output cannot be written, 64 wrong usage",
                                                  "alarum --config alarum.yaml config check"});
}

}  // namespace alarum::cli

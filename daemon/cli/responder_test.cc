#include "daemon/base/clock.h"
#include "daemon/base/environment.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/printable.h"
#include "daemon/cli/command.h"
#include "daemon/cli/diagnostic_text.h"
#include "daemon/cli/terminal.h"
#include "daemon/respond/prepared_responders.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace alarum::cli {
namespace {

std::string_view verdict_word(ActionVerdict verdict) {
  switch (verdict) {
    case ActionVerdict::done: return "done";
    case ActionVerdict::failed: return "failed";
    case ActionVerdict::not_done: return "not_done";
    case ActionVerdict::in_doubt: return "in_doubt";
  }
  return "failed";
}

ExitCode tell(const GlobalOptions& global, const std::string& name, const ActionResult& result) {
  Output output(global);
  std::string text;
  if (global.is_json()) {
    JsonWriter json(text);
    json.begin_object().key("schema").text("alarum.responder_test/1").key("responder").text(name);
    json.key("outcome").text(verdict_word(result.verdict)).key("why").text(result.why).end_object();
  } else {
    text = name + ": " + std::string(verdict_word(result.verdict));
    if (!result.why.empty()) text += ": " + printable(result.why);
  }
  output.write(text + "\n");
  output.flush();
  if (!output.ok()) return unreachable;
  return result.verdict == ActionVerdict::done ? done : unreachable;
}

ExitCode test(const GlobalOptions& global, const std::string& name) {
  const LoadedConfig loaded = load_config(global.config_path, environment_variables(), alarum_options());
  SystemClock clock;
  const ResponderPorts ports = responder_ports(clock, nullptr);
  PreparedResponders prepared = prepare_responders(loaded, ports);
  std::fputs(problems_text(prepared.problems).c_str(), stderr);
  if (has_errors(prepared.problems)) return broken_config;
  const auto found = std::find_if(prepared.responders.begin(), prepared.responders.end(),
                                  [&](const MadeResponder& made) { return made.name == name; });
  if (found == prepared.responders.end()) {
    const std::string hint = loaded.files.empty() ? "; there is no configuration: --config names one"
                             : prepared.responders.empty()
                                 ? ""
                                 : "; the first one is '" + prepared.responders.front().name + "'";
    complain("no responder '" + name + "' that incidents drive is configured" + hint);
    return wrong_usage;
  }
  return tell(global, name, found->responder->test({}));
}

}  // namespace

void add_responder_test(CommandLine& line, const GlobalOptions& global) {
  const auto name = std::make_shared<std::string>();
  Verb verb = line.verb("responder", "test", "Try whether a responder of the configuration could act");
  verb.required("NAME", *name, "What it is called in the configuration");
  verb.runs([&global, name] { return test(global, *name); },
            {"0 it could, 3 the configuration is broken, 4 it could not, 64 wrong usage",
             "alarum responder test firewall"});
}

}  // namespace alarum::cli

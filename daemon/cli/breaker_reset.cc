#include "daemon/cli/action_client.h"
#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"

#include <memory>

namespace alarum::cli {

void add_breaker_reset(CommandLine& line, const GlobalOptions& global) {
  /// What the command takes.
  struct Options {
    std::string socket;
    std::string why;
  };
  const auto options = std::make_shared<Options>();
  Verb verb = line.verb("breaker", "reset", "Let actions be done again after the breaker has tripped");
  verb.required("--why", options->why, "What you have found, for the audit log");
  verb.daemon_socket(options->socket);
  verb.runs(
      [&global, options] {
        return make_change(global, options->socket,
                           incident_request("breaker_reset", {{"why", options->why}}));
      },
      change_help("alarum breaker reset --why 'the rule is mended'"));
}

}  // namespace alarum::cli

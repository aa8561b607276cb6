#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"

#include <memory>

namespace alarum::cli {

void add_incident_close(CommandLine& line, const GlobalOptions& global) {
  /// What the command takes.
  struct Options {
    IncidentEditOptions edit;
    std::string verdict;
  };
  const auto options = std::make_shared<Options>();
  Verb verb = line.verb("incident", "close", "Resolve an incident with a verdict, or correct the verdict");
  add_edit_options(verb, options->edit, true);
  verb.required("--verdict", options->verdict,
                "true_positive, false_positive, or benign_true_positive (it happened, and was allowed)");
  verb.runs(
      [&global, options] {
        return edit_incident(global, options->edit, "incident_close", "verdict", options->verdict);
      },
      edit_help("alarum incident close 3f2a91bc --verdict false_positive --why 'the backup job'"));
}

}  // namespace alarum::cli

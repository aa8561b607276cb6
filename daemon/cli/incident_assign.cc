#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"
#include "daemon/cli/terminal.h"

#include <memory>

namespace alarum::cli {

void add_incident_assign(CommandLine& line, const GlobalOptions& global) {
  /// What the command takes.
  struct Options {
    IncidentEditOptions edit;
    std::string assignee;
    bool is_nobody = false;
  };
  const auto options = std::make_shared<Options>();
  Verb verb = line.verb("incident", "assign", "Say whose incident it is");
  add_edit_options(verb, options->edit);
  verb.option("--to", options->assignee, "The analyst");
  verb.flag("--nobody", options->is_nobody, "It is nobody's any more");
  verb.runs(
      [&global, options] {
        if (options->assignee.empty() != options->is_nobody) {
          complain("write either --to ANALYST or --nobody");
          return wrong_usage;
        }
        return edit_incident(global, options->edit, "incident_assign", "assignee", options->assignee);
      },
      edit_help("alarum incident assign 3f2a91bc --to ann"));
}

}  // namespace alarum::cli

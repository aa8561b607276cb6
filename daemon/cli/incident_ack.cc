#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"

#include <memory>

namespace alarum::cli {

void add_incident_ack(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<IncidentEditOptions>();
  Verb verb = line.verb("incident", "ack", "Acknowledge a new incident: somebody looks at it");
  add_edit_options(verb, *options);
  verb.runs([&global, options] { return edit_incident(global, *options, "incident_acknowledge"); },
            edit_help("alarum incident ack 3f2a91bc"));
}

}  // namespace alarum::cli

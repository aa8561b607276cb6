#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"

#include <memory>

namespace alarum::cli {

void add_incident_contain(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<IncidentEditOptions>();
  Verb verb = line.verb("incident", "contain", "Say that an incident does no more harm");
  add_edit_options(verb, *options);
  verb.runs([&global, options] { return edit_incident(global, *options, "incident_contain"); },
            edit_help("alarum incident contain 3f2a91bc --why 'host is off the network'"));
}

}  // namespace alarum::cli

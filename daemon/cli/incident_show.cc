#include "daemon/base/json_writer.h"
#include "daemon/cli/command.h"
#include "daemon/cli/incident_client.h"
#include "daemon/cli/incident_text.h"
#include "daemon/cli/terminal.h"

#include <memory>
#include <utility>

namespace alarum::cli {
namespace {

/// Which incident is shown.
struct ShowOptions {
  std::string socket;
  std::string id;
  std::string notes_before;
  std::string journal_before;
  std::string alerts_before;
  std::string actions_before;
};

ExitCode show_incident(const GlobalOptions& global, const ShowOptions& options) {
  std::string request;
  JsonWriter json(request);
  json.begin_object().key("command").text("incident_show").key("incident").text(options.id);
  for (const auto& [member, number] : {std::pair("notes_before", &options.notes_before),
                                       std::pair("journal_before", &options.journal_before),
                                       std::pair("alerts_before", &options.alerts_before),
                                       std::pair("actions_before", &options.actions_before)}) {
    if (number->empty()) continue;
    if (!is_counting_number(*number)) {
      complain("'" + *number + "' is no number from 1 on");
      return wrong_usage;
    }
    json.key(member).raw(*number);
  }
  json.end_object();
  IncidentAnswer answer;
  const ExitCode code = ask_about_incidents(options.socket, request, "alarum.incident/1", answer);
  if (code != done) return code;
  Output output(global);
  if (global.is_json()) {
    output.write(answer.line + "\n");
  } else {
    write_whole_incident(answer.root, output);
  }
  output.flush();
  return output.ok() ? done : unreachable;
}

}  // namespace

void add_incident_show(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<ShowOptions>();
  Verb verb =
      line.verb("incident", "show", "Show an incident with its rules, entities, notes, journal and actions");
  verb.required("ID", options->id, "The incident's id, or at least four of its first digits");
  verb.option("--notes-before", options->notes_before,
              "Earlier notes: those before the number that stands where they are left out");
  verb.option("--journal-before", options->journal_before, "The same for the journal");
  verb.option("--alerts-before", options->alerts_before, "The same for alerts");
  verb.option("--actions-before", options->actions_before, "The same for actions");
  verb.daemon_socket(options->socket);
  verb.runs([&global, options] { return show_incident(global, *options); },
            {"0 done, 1 there is no such incident, 3 the configuration is broken, 4 the daemon cannot be "
             "reached or its ledger be read, 64 wrong usage",
             "alarum incident show 3f2a91bc"});
}

}  // namespace alarum::cli

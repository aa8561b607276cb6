#pragma once

#include "daemon/base/json_node.h"
#include "daemon/cli/command_line.h"
#include "daemon/cli/exit_code.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What every command about incidents shares: asking the daemon, and what its refusals mean.
namespace alarum::cli {

/// What the daemon has answered: as it came, and read.
struct IncidentAnswer {
  std::string line;
  JsonNode root;
};

/// Sends `request` to the daemon at the socket and reads its answer into `out`; `schema` is the form that it
/// has to have. Anything but `done` has been said on stderr: `findings` where the daemon refuses, since there
/// is no such incident or it has changed meanwhile, `unreachable` where nobody answers or the ledger cannot.
ExitCode ask_about_incidents(const std::string& socket, const std::string& request, std::string_view schema,
                             IncidentAnswer& out);

/// Whether the text is a number from 1 on, as JSON writes it: what revisions and pages are.
bool is_counting_number(const std::string& text);

/// A command with its members, as a request; a value that is empty is left out.
std::string incident_request(std::string_view command,
                             const std::vector<std::pair<std::string_view, std::string>>& members);

/// What every command that changes an incident takes.
struct IncidentEditOptions {
  std::string socket;
  std::string id;
  std::string revision;  ///< that was seen; empty: nobody has looked
  std::string why;
};

/// Adds these options to a command: the id, `--revision`, `--why` and `--socket`.
void add_edit_options(Verb& verb, IncidentEditOptions& options, bool needs_why = false);

/// The end of such a command's help.
HelpEnd edit_help(const std::string& example);

/// Makes the edit and prints what the incident is then. Without a revision the incident is looked up first;
/// it must not change between the two, nor be resolved, nor somebody else's: that would be to overrule people
/// whose work nobody has seen. Then it says which revision to name.
ExitCode edit_incident(const GlobalOptions& global, const IncidentEditOptions& options,
                       std::string_view command, std::string_view member = {}, const std::string& value = {});

/// Sends an edit that is complete, and prints what the incident is then.
ExitCode send_edit(const GlobalOptions& global, const std::string& socket, const std::string& request);

}  // namespace alarum::cli

#include "daemon/cli/incident_client.h"

#include "daemon/api/control_client.h"
#include "daemon/base/json_writer.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/cli/incident_text.h"
#include "daemon/cli/terminal.h"

#include <unistd.h>

namespace alarum::cli {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr JsonNodeLimits answer_limits{.bytes_max = 64U << 20U, .depth_max = 1200};

ExitCode refused(const JsonNode& root, const std::string& error) {
  complain("the daemon refuses: " + error);
  return root.text_of("reason") == "unavailable" || root.find("reason") == nullptr ? unreachable : findings;
}

/// A request for an edit of the incident at this revision, which is a number.
std::string edit_request(std::string_view command, const IncidentEditOptions& options,
                         const std::string& revision, std::string_view member, const std::string& value) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("command").text(command).key("incident").text(options.id);
  json.key("revision").raw(revision);
  if (!options.why.empty()) json.key("why").text(options.why);
  if (!member.empty()) json.key(member).text(value);
  json.end_object();
  return out;
}

/// Why the incident that was just looked at is not to be changed by somebody who has not said what they have
/// seen of it; empty where nothing speaks against it.
std::string objection(const JsonNode& incident, const IncidentEditOptions& options) {
  const std::string assignee = incident.text_of("assignee");
  const bool is_resolved = incident.text_of("state") == "resolved";
  const bool is_of_another = !assignee.empty() && assignee != user_name(geteuid());
  if (!is_resolved && !is_of_another) return "";
  return "incident " + incident.text_of("incident_id") + " is " +
         (is_resolved ? "resolved as " + incident.text_of("verdict") : "assigned to '" + assignee + "'") +
         ": look at it with alarum incident show " + options.id +
         ", and if you still want this, say --revision " + incident.text_of("revision");
}

/// The revision of the incident as it is now, where it may be changed unseen; else what has been said ends
/// the command.
ExitCode look_up_revision(const IncidentEditOptions& options, std::string& revision) {
  IncidentAnswer seen;
  const std::string request = incident_request("incident_show", {{"incident", options.id}});
  if (const ExitCode code = ask_about_incidents(options.socket, request, "alarum.incident/1", seen);
      code != done)
    return code;
  const JsonNode* const incident = seen.root.find("incident");
  if (incident == nullptr || !is_counting_number(incident->text_of("revision"))) {
    complain("the daemon's answer has no incident with a revision; use the tool of its version");
    return unreachable;
  }
  if (const std::string why = objection(*incident, options); !why.empty()) {
    complain(why);
    return findings;
  }
  revision = incident->text_of("revision");
  return done;
}

}  // namespace

ExitCode ask_about_incidents(const std::string& socket, const std::string& request, std::string_view schema,
                             IncidentAnswer& out) {
  auto answer = ask_daemon(socket, request, patience);
  if (!answer) {
    complain(answer.error().message + "; is alarumd running, and may you ask it?");
    return unreachable;
  }
  out.line = *std::move(answer);
  auto root = parse_json(out.line, answer_limits);
  if (!root) {
    complain("the daemon's answer is not understood: " + root.error().message);
    return unreachable;
  }
  out.root = *std::move(root);
  if (const JsonNode* const error = out.root.find("error")) return refused(out.root, error->text);
  if (out.root.text_of("schema") == schema) return done;
  complain("the daemon answers in another form than " + std::string(schema) +
           "; use the tool of its version");
  return unreachable;
}

bool is_counting_number(const std::string& text) {
  constexpr std::size_t digits_max = 18;  // whatever they are, they fit into 64 bits
  return !text.empty() && text.size() <= digits_max && text.front() != '0' &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

std::string incident_request(std::string_view command,
                             const std::vector<std::pair<std::string_view, std::string>>& members) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("command").text(command);
  for (const auto& [name, value] : members) {
    if (!value.empty()) json.key(name).text(value);
  }
  json.end_object();
  return out;
}

void add_edit_options(Verb& verb, IncidentEditOptions& options, bool needs_why) {
  verb.required("ID", options.id, "The incident's id, or at least four of its first digits");
  verb.option("--revision", options.revision,
              "The revision that you have seen (7 for r7): an incident that has changed since is left alone; "
              "needed where it is resolved or somebody else's");
  if (needs_why) {
    verb.required("--why", options.why, "The reason, for the journal");
  } else {
    verb.option("--why", options.why, "The reason, for the journal");
  }
  verb.daemon_socket(options.socket);
}

HelpEnd edit_help(const std::string& example) {
  return {
      "0 done, 1 the daemon refuses or asks you to look first (no such incident, changed meanwhile, not "
      "allowed, somebody else's), 3 the configuration is broken, 4 the daemon cannot be "
      "reached, or its ledger cannot be written, 64 wrong usage",
      example};
}

ExitCode send_edit(const GlobalOptions& global, const std::string& socket, const std::string& request) {
  IncidentAnswer answer;
  if (const ExitCode code = ask_about_incidents(socket, request, "alarum.incident_edit/1", answer);
      code != done)
    return code;
  Output output(global);
  if (global.is_json()) {
    output.write(answer.line + "\n");
  } else if (const JsonNode* const incident = answer.root.find("incident")) {
    write_incident_line(*incident, output);
  }
  output.flush();
  return output.ok() ? done : unreachable;
}

ExitCode edit_incident(const GlobalOptions& global, const IncidentEditOptions& options,
                       std::string_view command, std::string_view member, const std::string& value) {
  std::string revision = options.revision;
  if (!revision.empty() && !is_counting_number(revision)) {
    complain("'" + revision + "' is no revision: it is a number from 1 on, as lists show it behind the r");
    return wrong_usage;
  }
  if (revision.empty()) {
    if (const ExitCode code = look_up_revision(options, revision); code != done) return code;
  }
  return send_edit(global, options.socket, edit_request(command, options, revision, member, value));
}

}  // namespace alarum::cli

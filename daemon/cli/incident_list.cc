#include "daemon/cli/action_client.h"
#include "daemon/cli/command.h"
#include "daemon/cli/daemon_list.h"
#include "daemon/cli/incident_text.h"
#include "daemon/cli/terminal.h"

#include <array>
#include <memory>
#include <string_view>

namespace alarum::cli {
namespace {

/// What is listed.
struct ListOptions {
  PageOptions page;
  std::string state;
  std::string level;
  std::string assignee;
  bool is_unassigned = false;
};

constexpr std::array<std::string_view, 11> columns = {
    "incident_id",      "revision",        "state",  "level",    "title",  "opened",
    "first_event_time", "last_event_time", "alerts", "assignee", "verdict"};
constexpr DaemonList incidents{.command = "incident_list",
                               .schema = "alarum.incident_list/1",
                               .items = "incidents",
                               .columns = columns,
                               .write = write_incident_list};

ExitCode list_incidents(const GlobalOptions& global, const ListOptions& options) {
  if (options.is_unassigned && !options.assignee.empty()) {
    complain("write either --assignee ANALYST or --unassigned");
    return wrong_usage;
  }
  return show_list(global, options.page, incidents, [&options](JsonWriter& request) {
    if (!options.state.empty()) request.key("state").text(options.state);
    if (!options.level.empty()) request.key("level").text(options.level);
    if (!options.assignee.empty() || options.is_unassigned) request.key("assignee").text(options.assignee);
  });
}

}  // namespace

void add_incident_list(CommandLine& line, const GlobalOptions& global) {
  const auto options = std::make_shared<ListOptions>();
  Verb verb = line.verb("incident", "list", "List incidents, the newest first; --format csv, too");
  verb.option("--state", options->state,
              "Only those in this state: open (the default), all, new, acknowledged, contained or resolved");
  verb.option("--level", options->level, "Only those of this level and above");
  verb.option("--assignee", options->assignee, "Only those of this analyst");
  verb.flag("--unassigned", options->is_unassigned, "Only those of nobody");
  add_page_options(verb, options->page);
  verb.prints_csv();
  verb.runs([&global, options] { return list_incidents(global, *options); },
            reading_help("alarum incident list --level high --unassigned"));
}

}  // namespace alarum::cli

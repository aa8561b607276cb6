#include "daemon/demo/response_report.h"

#include "daemon/base/clock.h"
#include "daemon/base/json_node.h"
#include "daemon/demo/stage_configuration.h"
#include "daemon/demo/web_events.h"

#include <algorithm>
#include <poll.h>
#include <utility>

namespace alarum::demo {
namespace {

/// The one line of JSON that the tool answered.
Result<JsonNode> read(const std::vector<std::string>& lines) {
  return parse_json(lines.empty() ? "" : lines.front(), {});
}

/// The incident's action by this responder; null where it has none.
const JsonNode* action_by(const JsonNode& incident, std::string_view responder) {
  const JsonNode* const actions = incident.find("actions");
  if (actions == nullptr) return nullptr;
  for (const JsonNode& action : actions->items) {
    if (action.text_of("responder") == responder) return &action;
  }
  return nullptr;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// Who was cut off for how long, as packets tell it.
std::string silence_text(const Silence& silence) {
  return std::string(attacking_client) + " got no packet through to web-02 for " +
         seconds_text(std::chrono::duration<double>(silence.end - silence.begin).count());
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

}  // namespace

std::uint64_t ResponseReport::attacks_begun() const {
  const auto& entries = watch_.entries();
  return static_cast<std::uint64_t>(
      std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return entry.begun > 0; }));
}

bool ResponseReport::is_block_expected() const {
  const auto& entries = watch_.entries();
  return std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
    return entry.begun > 0 && entry.attack.technique == blocked_technique;
  });
}

bool ResponseReport::is_complete(const ResponseFigures& figures) const {
  return figures.incidents == attacks_begun() && figures.tickets == figures.incidents &&
         (is_block_as_expected(figures) || !is_block_expected());
}

bool ResponseReport::is_block_as_expected(const ResponseFigures& figures) const {
  const Knocking* const knocking = stage_.knocking();
  if (knocking == nullptr) return figures.shadow_blocks > 0 && figures.blocks == 0;
  return figures.blocks > 0 && knocking->watch().last_silence() && !knocking->watch().silent_since();
}

void ResponseReport::show(const std::string& command, const std::vector<std::string>& lines) const {
  screen_.line("  " + screen_.styled(Style::bold, "$ " + command));
  for (const std::string& line : lines) screen_.line("    " + line);
  screen_.line("");
}

/// Asks the tool, and shows what it answers below what it was asked.
Status ResponseReport::ask_and_show(const std::vector<std::string>& words) const {
  TRY(const auto lines, stage_.ask(words));
  std::string command = "alarum";
  for (const std::string& word : words)
    command += " " + (word.find(' ') == std::string::npos ? word : "'" + word + "'");
  show(command, lines);
  return {};
}

/// Metrics are a moment behind the ledger.
Result<bool> ResponseReport::is_closing_measured() const {
  constexpr Duration patience = std::chrono::seconds(10);
  constexpr int moment_milliseconds = 20;
  const Duration deadline = steady_now() + patience;
  while (steady_now() < deadline) {
    TRY(const std::string metrics, stage_.metrics());
    if (response_figures(metrics).resolved.count > 0) return true;
    poll(nullptr, 0, moment_milliseconds);
  }
  return false;
}

/// An incident as JSON, by the first digits of its id.
Result<JsonNode> ResponseReport::incident(const std::string& id) const {
  TRY(const auto lines, stage_.ask({"incident", "show", id, "--format", "json"}));
  return read(lines);
}

/// The first digits of the id of the newest incident for which the firewall did something, or would have, or
/// else of the newest; empty where there is none. Alerts of attacks that are close to each other come in any
/// order.
Result<std::string> ResponseReport::incident_to_show() const {
  constexpr std::size_t shown_digits = 8;
  TRY(const auto lines, stage_.ask({"incident", "list", "--limit", "10", "--format", "json"}));
  TRY(const JsonNode list, read(lines));
  const JsonNode* const incidents = list.find("incidents");
  std::string newest;
  if (incidents == nullptr) return newest;
  for (const JsonNode& one : incidents->items) {
    const std::string id = one.text_of("incident_id").substr(0, shown_digits);
    TRY(const JsonNode shown, incident(id));
    if (action_by(shown, block_responder) != nullptr) return id;
    if (newest.empty()) newest = id;
  }
  return newest;
}

Result<bool> ResponseReport::tell_an_incident() const {
  if (attacks_begun() == 0) return true;
  TRY(const std::string id, incident_to_show());
  if (id.empty()) return false;
  TRY_OK(ask_and_show({"incident", "close", id, "--verdict", "true_positive", "--why", "the demo is over"}));
  TRY_OK(ask_and_show({"incident", "show", id}));
  TRY(const JsonNode shown, incident(id));
  const JsonNode* const action = action_by(shown, ticket_responder);
  if (const std::string key = action == nullptr ? "" : action->text_of("reference"); !key.empty()) {
    TRY(const std::string ticket, stage_.ticket(key));
    show("curl " + stage_.ticket_url(key), lines_of(ticket));
  }
  // What was really blocked is free again.
  if (stage_.knocking() == nullptr) TRY_OK(ask_and_show({"block", "list"}));
  return is_closing_measured();
}

void ResponseReport::tell_outcome(const ResponseFigures& figures, std::size_t width) const {
  const std::uint64_t expected = attacks_begun();
  const bool has_tickets = figures.incidents == expected && figures.tickets == expected;
  tell_line(has_tickets, padded(ticket_responder, width),
            std::to_string(figures.tickets) + " for " + counted(figures.incidents, "incident"));
  if (!is_block_expected()) return;
  const bool is_well = is_block_as_expected(figures);
  std::string what = "in shadow: what it would have blocked is written down, and nobody is blocked";
  if (!is_well)
    what = counted(figures.blocks, "block") + ", " + counted(figures.shadow_blocks, "block") + " in shadow";
  if (const Knocking* const knocking = stage_.knocking(); is_well && knocking != nullptr)
    what = silence_text(*knocking->watch().last_silence());
  tell_line(is_well, padded(block_responder, width), what);
}

void ResponseReport::tell_line(bool is_well, const std::string& name, const std::string& what) const {
  screen_.line("  " + screen_.styled(is_well ? Style::green : Style::red, is_well ? "✓ " : "✗ ") +
               screen_.styled(Style::bold, name) + "  " + what);
}

void ResponseReport::tell_time(std::string_view name, const LagSummary& time,
                               std::string_view meaning) const {
  const std::string mean = time.count > 0 ? screen_.styled(Style::bold, seconds_text(time.mean)) + " over " +
                                                counted(time.count, "incident")
                                          : "none";
  screen_.line("  " + padded(std::string(name), 15) + mean + ": " + std::string(meaning));
}

Status ResponseReport::tell_times() const {
  TRY(const std::string metrics, stage_.metrics());
  const ResponseFigures figures = response_figures(metrics);
  tell_time("MTTD", figures.detected, "from the first event of an incident to its first alert");
  tell_time("time to ticket", figures.told, "from that alert to its ticket");
  tell_time("MTTR (respond)", figures.responded,
            stage_.knocking() == nullptr ? "what is in shadow is no response"
                                         : "from that alert until the kernel drops what the attacker sends");
  tell_time("MTTR (resolve)", figures.resolved, "from that alert until it was closed, here by the demo");
  screen_.line(
      "                 " +
      screen_.styled(Style::dim,
                     "(alarum_incident_time_to_{detect,notify,respond,resolve}_seconds, sum by count, "
                     "as /metrics has them)"));
  return {};
}

}  // namespace alarum::demo

#include "daemon/api/incident_commands.h"

#include "daemon/api/action_json.h"
#include "daemon/api/control_answer.h"
#include "daemon/api/incident_json.h"
#include "daemon/base/json_writer.h"
#include "daemon/respond/action_reader.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::int64_t page_incidents_max = 500;
constexpr std::int64_t page_incidents = 50;
constexpr std::size_t list_bytes_max = 4U << 20U;

/// What an answer holds of each list: none of them takes room from another, however much an attacker put into
/// it.
constexpr LedgerPage counts_page{100, 256U << 10U};
constexpr LedgerPage notes_page{100, 1U << 20U};
constexpr LedgerPage journal_page{200, 512U << 10U};
constexpr LedgerPage alerts_page{20, 2U << 20U};
constexpr LedgerPage steps_page{200, 512U << 10U};
constexpr LedgerPage actions_page{100, 512U << 10U};

std::string stale(const IncidentSummary& incident, std::int64_t revision) {
  return control_refusal("stale", "incident " + incident.id + " has changed meanwhile: it is at revision " +
                                      std::to_string(incident.revision) + ", not " +
                                      std::to_string(revision) + "; look at it again");
}

Result<IncidentFilter> filter_of(const ControlRequest& request) {
  IncidentFilter out;
  TRY(const std::string state, request.text("state"));
  out.is_any_state = state == "all";
  out.state = incident_state_named(state);
  if (!state.empty() && state != "open" && !out.is_any_state && !out.state)
    return Error{ErrorCode::invalid,
                 "'state' is one of open all new acknowledged contained resolved, not '" + state + "'"};
  TRY(out.level_min, request.text("level"));
  const bool is_level =
      std::find(incident_levels.begin(), incident_levels.end(), out.level_min) != incident_levels.end();
  if (!out.level_min.empty() && !is_level)
    return Error{ErrorCode::invalid,
                 "'level' is one of informational low medium high critical, not '" + out.level_min + "'"};
  if (request.has("assignee")) {
    TRY(out.assignee, request.text("assignee"));
  }
  TRY(out.before, request.number("before", 1, 0));
  return out;
}

/// The list `key`, and beside it whether there is more than it holds.
void write_counts(JsonWriter& json, const std::string& key, const LedgerList<IncidentCount>& list,
                  void (*write)(JsonWriter&, const IncidentCount&)) {
  write_list(json, key, list, write);
  json.key(key + "_cut").boolean(list.is_cut);
}

Result<IncidentEdit> edit_of(const ControlRequest& request) {
  using Kind = IncidentEdit::Kind;
  const std::string& command = request.command();
  IncidentEdit out;
  TRY(out.incident, request.required_text("incident"));
  if (command == "incident_note") {
    out.kind = Kind::note;
    TRY(out.note_kind, request.required_text("kind"));
    TRY(out.value, request.required_text("markdown"));
    return out;
  }
  TRY(out.revision, request.required_number("revision", 1));
  TRY(out.why, request.text("why"));
  if (command == "incident_contain") out.kind = Kind::contain;
  if (command == "incident_assign") {
    out.kind = Kind::assign;
    TRY(out.value, request.text("assignee"));
  }
  if (command == "incident_close") {
    out.kind = Kind::close;
    TRY(out.value, request.required_text("verdict"));
    TRY(out.why, request.required_text("why"));
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<IncidentCommands>> IncidentCommands::open(const std::string& path,
                                                                 const std::string& analyst_group,
                                                                 Clock& clock, LedgerDamage& damage) {
  TRY(Analysts analysts, Analysts::named(analyst_group, clock));
  TRY(auto reader, LedgerReader::open(path));
  TRY(auto editor, LedgerEditor::open(path, clock, damage));
  return std::unique_ptr<IncidentCommands>(
      new IncidentCommands(std::move(reader), std::move(editor), std::move(analysts)));
}

std::string IncidentCommands::answer(const ControlRequest& request, const PeerCredentials& peer) {
  Result<std::string> out = request.command() == "incident_list"   ? list(request)
                            : request.command() == "incident_show" ? show(request)
                                                                   : edit(request, peer);
  return out ? *std::move(out) : control_refusal(reason_of(out.error().code), out.error().message);
}

Result<std::string> IncidentCommands::list(const ControlRequest& request) {
  TRY(const IncidentFilter filter, filter_of(request));
  TRY(const std::int64_t asked, request.number("limit", 1, page_incidents));
  const auto limit = static_cast<std::size_t>(std::min(asked, page_incidents_max));
  TRY(const auto found, reader_->list(filter, {limit, list_bytes_max}));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.incident_list/1");
  write_list(json, "incidents", found, write_incident);
  write_next(json, "next_before", found, newest_first_end(found));
  json.end_object();
  return out;
}

Result<std::string> IncidentCommands::show(const ControlRequest& request) {
  TRY(const std::string asked, request.required_text("incident"));
  TRY(const std::int64_t notes_before, request.number("notes_before", 1, 0));
  TRY(const std::int64_t journal_before, request.number("journal_before", 1, 0));
  TRY(const std::int64_t alerts_before, request.number("alerts_before", 1, 0));
  TRY(const std::int64_t actions_before, request.number("actions_before", 1, 0));
  TRY(const LedgerTransaction moment, reader_->moment());
  TRY(const IncidentSummary incident, reader_->incident(asked));
  TRY(const auto notes, reader_->notes(incident.id, notes_before, notes_page));
  TRY(const auto journal, reader_->journal(incident.id, journal_before, journal_page));
  TRY(const auto rules, reader_->rules(incident.id, counts_page));
  TRY(const auto entities, reader_->entities(incident.id, counts_page));
  TRY(const auto alerts, reader_->alerts(incident.id, alerts_before, alerts_page));
  ActionReader reader(reader_->database());
  TRY(const auto steps, reader.steps(incident.id, steps_page));
  TRY(const auto actions, reader.actions(incident.id, actions_before, actions_page));
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.incident/1").key("incident");
  write_incident(json, incident);
  write_list(json, "notes", notes, write_note);
  write_next(json, "next_notes_before", notes, oldest_first_end(notes));
  write_list(json, "journal", journal, write_journal_entry);
  write_next(json, "next_journal_before", journal, oldest_first_end(journal));
  write_counts(json, "rules", rules, write_rule_count);
  write_counts(json, "entities", entities, write_entity_count);
  write_list(json, "steps", steps, write_step);
  json.key("steps_cut").boolean(steps.is_cut);
  write_list(json, "actions", actions, write_action);
  write_next(json, "next_actions_before", actions, newest_first_end(actions));
  write_list(json, "alerts", alerts, [](JsonWriter& to, const IncidentAlert& alert) { to.raw(alert.json); });
  write_next(json, "next_alerts_before", alerts, newest_first_end(alerts));
  json.end_object();
  return out;
}

Result<std::string> IncidentCommands::edit(const ControlRequest& request, const PeerCredentials& peer) {
  if (auto refusal = analysts_.refuse(request, peer, "incidents")) return *std::move(refusal);
  TRY(IncidentEdit edit, edit_of(request));
  edit.who = analysts_.name(peer.user);
  edit.who_uid = peer.user;
  TRY(const EditOutcome done, editor_->apply(edit));
  if (done.is_stale) return stale(done.incident, edit.revision);
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("schema").text("alarum.incident_edit/1").key("incident");
  write_incident(json, done.incident);
  json.end_object();
  return out;
}

}  // namespace alarum

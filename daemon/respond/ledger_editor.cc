#include "daemon/respond/ledger_editor.h"

#include <algorithm>
#include <vector>

namespace alarum {
namespace {

/// For how long an edit waits for alerts that are being written; everybody else who asks waits as well.
constexpr std::chrono::milliseconds patience{500};

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

template <class Words>
Status check_word(const Words& words, const std::string& word, std::string_view what) {
  if (std::find(words.begin(), words.end(), word) != words.end()) return {};
  std::string out = "a " + std::string(what) + " is one of";
  for (const std::string_view known : words) out.append(" ").append(known);
  return invalid(out + ", not '" + word + "'");
}

Status check_size(const std::string& text, std::size_t bytes_max, std::string_view what) {
  if (text.size() <= bytes_max) return {};
  return invalid(std::string(what) + " is longer than " + std::to_string(bytes_max) + " bytes");
}

/// What is wrong with the edit, whatever the incident is.
Status check(const IncidentEdit& edit) {
  TRY_OK(check_size(edit.why, why_bytes_max, "the reason"));
  if (edit.kind == IncidentEdit::Kind::close) {
    if (edit.why.empty()) return invalid("a verdict takes a reason: say why");
    return check_word(incident_verdicts, edit.value, "verdict");
  }
  if (edit.kind == IncidentEdit::Kind::assign)
    return check_size(edit.value, assignee_bytes_max, "the assignee");
  if (edit.kind != IncidentEdit::Kind::note) return {};
  TRY_OK(check_word(note_kinds, edit.note_kind, "note"));
  if (edit.value.empty()) return invalid("the note is empty");
  return check_size(edit.value, note_bytes_max, "the note");
}

/// The incident after the edit, as far as people change it.
Result<IncidentSummary> edited(IncidentSummary incident, bool is_acknowledged, const IncidentEdit& edit) {
  const std::string name = "incident " + incident.id;
  const bool is_resolved = incident.state == IncidentState::resolved;
  if (is_resolved && edit.kind != IncidentEdit::Kind::close) return invalid(name + " is resolved");
  switch (edit.kind) {
    case IncidentEdit::Kind::acknowledge:
      if (is_acknowledged) return invalid(name + " is acknowledged already");
      incident.state = std::max(incident.state, IncidentState::acknowledged);
      break;
    case IncidentEdit::Kind::contain:
      if (incident.state == IncidentState::contained) return invalid(name + " is contained already");
      incident.state = IncidentState::contained;
      break;
    case IncidentEdit::Kind::assign:
      if (incident.assignee == edit.value)
        return invalid(name + (edit.value.empty() ? " is nobody's" : " is assigned to '" + edit.value + "'") +
                       " already");
      incident.assignee = edit.value;
      break;
    case IncidentEdit::Kind::close:
      if (is_resolved && incident.verdict == edit.value)
        return invalid(name + " is resolved as " + edit.value + " already");
      incident.state = IncidentState::resolved;
      incident.verdict = edit.value;
      break;
    case IncidentEdit::Kind::note: break;
  }
  ++incident.revision;
  return incident;
}

/// A line of the journal.
struct Change {
  std::string_view what;
  std::string from;
  std::string to;
  std::optional<IncidentPhase> phase;  ///< which has come to its end by it
};

/// That somebody has looked at the incident: the step from `new`, or no step where the daemon came first.
Change acknowledgement(IncidentState state) {
  const auto phase = IncidentPhase::acknowledge;
  if (state != IncidentState::fresh) return {"phase", "", std::string(incident_phase_name(phase)), phase};
  return {"state", std::string(incident_state_name(state)),
          std::string(incident_state_name(IncidentState::acknowledged)), phase};
}

/// What the journal has to say of the way from `before` to `after`; `acknowledges`: nobody had looked before.
std::vector<Change> changes(const IncidentSummary& before, const IncidentSummary& after, bool acknowledges) {
  std::vector<Change> out;
  const auto name = [](IncidentState state) { return std::string(incident_state_name(state)); };
  IncidentState at = before.state;
  if (acknowledges) {
    out.push_back(acknowledgement(at));
    at = std::max(at, IncidentState::acknowledged);
  }
  if (before.verdict != after.verdict) {
    const bool is_first = before.verdict.empty();
    out.push_back({"verdict", before.verdict, after.verdict,
                   is_first ? std::optional(IncidentPhase::identify) : std::nullopt});
  }
  if (at != after.state) {
    const bool is_end = after.state == IncidentState::resolved;
    out.push_back(
        {"state", name(at), name(after.state), is_end ? IncidentPhase::resolve : IncidentPhase::contain});
  }
  if (before.assignee != after.assignee)
    out.push_back({"assignee", before.assignee, after.assignee, std::nullopt});
  return out;
}

}  // namespace

Result<std::unique_ptr<LedgerEditor>> LedgerEditor::open(const std::string& path, Clock& clock,
                                                         LedgerDamage& damage) {
  TRY(auto database, LedgerDatabase::open(path, LedgerDatabase::Access::write, patience));
  return std::unique_ptr<LedgerEditor>(new LedgerEditor(std::move(database), clock, damage));
}

Result<EditOutcome> LedgerEditor::apply(const IncidentEdit& edit) {
  TRY_OK(check(edit));
  if (damage_.is_found())
    return Error{ErrorCode::unsupported,
                 "the ledger is not written any more: " + std::string(LedgerDamage::advice)};
  auto made = make(edit);
  if (!made) damage_.note(made.error());
  return made;
}

Result<EditOutcome> LedgerEditor::make(const IncidentEdit& edit) {
  TRY(LedgerTransaction transaction, LedgerTransaction::begin(*database_));
  TRY(IncidentSummary incident, find_incident(*database_, edit.incident));
  if (edit.kind == IncidentEdit::Kind::note) {
    TRY_OK(write_note(incident, edit));
    TRY_OK(transaction.commit());
    return EditOutcome{false, std::move(incident)};
  }
  if (incident.revision != edit.revision) return EditOutcome{true, std::move(incident)};
  TRY(const bool was_acknowledged, is_acknowledged(incident.id));
  TRY(IncidentSummary after, edited(incident, was_acknowledged, edit));
  TRY_OK(write(incident, after, was_acknowledged, edit));
  TRY_OK(transaction.commit());
  return EditOutcome{false, std::move(after)};
}

/// The state does not say it: the daemon contains incidents at which nobody has looked.
Result<bool> LedgerEditor::is_acknowledged(const std::string& incident_id) {
  TRY(LedgerStatement statement,
      database_->prepare("SELECT 1 FROM journal WHERE incident_id = ? AND phase = ?"));
  TRY_OK(statement.start({incident_id, incident_phase_name(IncidentPhase::acknowledge)}));
  return statement.next();
}

Status LedgerEditor::write(const IncidentSummary& before, const IncidentSummary& after, bool was_acknowledged,
                           const IncidentEdit& edit) {
  TRY(LedgerStatement update,
      database_->prepare("UPDATE incidents SET state = ?, assignee = ?, verdict = nullif(?, ''), revision = ?"
                         " WHERE incident_id = ?"));
  TRY_OK(update.run(
      {incident_state_name(after.state), after.assignee, after.verdict, after.revision, after.id}));
  TRY(LedgerStatement line,
      database_->prepare("INSERT INTO journal (incident_id, at_us, who, who_uid, change, from_value,"
                         " to_value, why, level, phase, since_us)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?)"));
  // A clock that was set back has not opened the incident later than somebody saw it.
  const Timestamp now = std::max(clock_.wall(), before.opened);
  const bool looks_at_it = edit.kind == IncidentEdit::Kind::acknowledge || before.state != after.state;
  for (const Change& change : changes(before, after, looks_at_it && !was_acknowledged)) {
    const std::string_view phase = change.phase ? incident_phase_name(*change.phase) : "";
    const auto since = change.phase ? std::optional(before.opened) : std::nullopt;
    TRY_OK(line.run({before.id, now, edit.who, edit.who_uid, change.what, change.from, change.to, edit.why,
                     before.level, phase, since}));
  }
  return {};
}

Status LedgerEditor::write_note(const IncidentSummary& incident, const IncidentEdit& edit) {
  TRY(LedgerStatement note,
      database_->prepare(
          "INSERT INTO notes (incident_id, at_us, who, who_uid, kind, markdown) VALUES (?, ?, ?, ?, ?, ?)"));
  return note.run({incident.id, clock_.wall(), edit.who, edit.who_uid, edit.note_kind, edit.value});
}

}  // namespace alarum

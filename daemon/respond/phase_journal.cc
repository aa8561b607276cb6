#include "daemon/respond/phase_journal.h"

#include "daemon/base/ensure.h"

#include <algorithm>
#include <string>

namespace alarum {
namespace {

/// How an incident is before its phase ends.
constexpr std::string_view read_incident =
    "SELECT state, level, opened_us, EXISTS (SELECT 1 FROM journal j WHERE j.incident_id = i.incident_id"
    " AND j.phase = ?1) FROM incidents i WHERE incident_id = ?2";

constexpr std::string_view contain_incident =
    "UPDATE incidents SET state = 'contained', revision = revision + 1 WHERE incident_id = ?";

constexpr std::string_view insert_line =
    "INSERT INTO journal (incident_id, at_us, who, change, from_value, to_value, why, level, rule_id, phase,"
    " since_us) VALUES (?, ?, 'alarumd', ?, ?, ?, ?, ?, nullif(?, ''), ?, ?)";

/// An incident, as far as its phases depend on it.
struct Incident {
  IncidentState state = IncidentState::fresh;
  std::string level;
  Timestamp opened;  // the time of the line of its phase `detect`, too
  bool has_phase = false;
};

Result<Incident> read(LedgerDatabase& database, const PhaseNews& news) {
  TRY(LedgerStatement statement, database.prepare(read_incident));
  TRY_OK(statement.start({incident_phase_name(news.phase), news.incident_id}));
  TRY(const bool is_there, statement.next());
  if (!is_there)
    return Error{ErrorCode::not_found, "there is no incident '" + std::string(news.incident_id) + "'"};
  return Incident{incident_state_named(statement.text(0)).value_or(IncidentState::fresh), statement.text(1),
                  Timestamp{statement.number(2)}, statement.number(3) != 0};
}

}  // namespace

Result<bool> note_phase(LedgerDatabase& database, const PhaseNews& news) {
  const bool is_contained = news.phase == IncidentPhase::contain;
  ENSURE(is_contained || news.phase == IncidentPhase::notify || news.phase == IncidentPhase::respond,
         "the daemon itself ends this phase");
  TRY(const Incident incident, read(database, news));
  if (incident.has_phase) return false;
  if (is_contained) {
    if (incident.state >= IncidentState::contained) return false;
    TRY(LedgerStatement update, database.prepare(contain_incident));
    TRY_OK(update.run({news.incident_id}));
  }
  TRY(LedgerStatement line, database.prepare(insert_line));
  // Who contains changes the state; who only does something changes nothing else.
  const std::string_view change = is_contained ? "state" : "action";
  const std::string_view from = is_contained ? incident_state_name(incident.state) : "";
  const std::string_view to = is_contained ? incident_state_name(IncidentState::contained) : news.responder;
  TRY_OK(line.run({news.incident_id, std::max(news.at, incident.opened), change, from, to, news.why,
                   incident.level, news.rule_id, incident_phase_name(news.phase), incident.opened}));
  return true;
}

}  // namespace alarum

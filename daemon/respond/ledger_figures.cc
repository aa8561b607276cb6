#include "daemon/respond/ledger_figures.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace alarum {
namespace {

/// Of each phase also when its incident began, and by which rule: what people do names none.
constexpr std::string_view phases_since =
    "SELECT j.journal_number, j.level, j.phase, j.at_us - j.since_us, coalesce(j.rule_id, o.rule_id, ''),"
    " coalesce(j.unmeasured, ''), j.at_us - o.since_us FROM journal j LEFT JOIN journal o"
    " ON o.incident_id = j.incident_id AND o.phase = 'detect'"
    " WHERE j.journal_number > ? AND j.phase IS NOT NULL ORDER BY j.journal_number LIMIT 10000";

/// Both are looked up and not counted: the ledger may be long.
constexpr std::string_view open_by_level =
    "SELECT level, state, incidents, (SELECT min(opened_us) FROM incidents i WHERE i.level = c.level AND"
    " i.state = c.state AND i.state <> 'resolved') FROM state_counts c"
    " WHERE state <> 'resolved' AND incidents > 0";

/// Of those that the daemon has contained, at which nobody has looked. The levels come first, since the index
/// begins with them; it costs as much as there are contained incidents that nobody has closed.
constexpr std::string_view contained_unseen =
    "SELECT i.level, count(*), min(i.opened_us) FROM state_counts c CROSS JOIN incidents i ON i.level ="
    " c.level AND i.state = c.state AND i.state <> 'resolved' WHERE c.state = 'contained' AND NOT EXISTS"
    " (SELECT 1 FROM journal j WHERE j.incident_id = i.incident_id AND j.phase = 'acknowledge')"
    " GROUP BY i.level";

/// One phase of one incident that has come to its end.
struct PhaseEnd {
  std::size_t level = 0;
  IncidentPhase phase = IncidentPhase::detect;
  std::int64_t microseconds = 0;
  std::string rule_id;
  std::string unmeasured;               ///< why there is no time; else empty
  std::optional<std::int64_t> dwelled;  ///< since the first event, in microseconds, where its time is known
};

/// By rule only some are counted: the rest is nothing that another rule would change.
RuleTimes* times_by_rule(IncidentFigures& figures, IncidentPhase phase) {
  switch (phase) {
    case IncidentPhase::detect: return &figures.detected_by_rule;
    case IncidentPhase::respond: return &figures.responded_by_rule;
    case IncidentPhase::contain: return &figures.contained_by_rule;
    default: return nullptr;
  }
}

void take_in(const PhaseEnd& end, IncidentFigures& figures) {
  if (!end.unmeasured.empty()) {
    ++figures.unmeasured[end.unmeasured];
    return;
  }
  figures.at(end.level, end.phase).add(static_cast<double>(end.microseconds) / 1e6);
  if (end.phase == IncidentPhase::contain && end.dwelled)
    figures.dwell[end.level].add(static_cast<double>(*end.dwelled) / 1e6);
  if (RuleTimes* const times = times_by_rule(figures, end.phase)) (*times)[end.rule_id].add(end.microseconds);
}

}  // namespace

Status LedgerFigures::look() {
  for (bool has_more = true; has_more;) {
    TRY(has_more, read_journal());
  }
  TRY_OK(read_open());
  return read_unacknowledged();
}

/// Reads the next lines of the journal, so many that they fit into memory; whether there were any.
Result<bool> LedgerFigures::read_journal() {
  TRY(LedgerStatement statement, database_.prepare(phases_since));
  TRY_OK(statement.start({last_}));
  std::int64_t last = last_;
  std::vector<PhaseEnd> ends;  // taken in when all are read, so that an error counts nothing twice
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) break;
    if (const auto phase = incident_phase_named(statement.text(2)))
      ends.push_back({level_rank(statement.text(1)), *phase, statement.number(3), statement.text(4),
                      statement.text(5), statement.number_or_nothing(6)});
    last = statement.number(0);
  }
  for (const PhaseEnd& end : ends) take_in(end, figures_);
  const bool has_more = last > last_;
  last_ = last;
  return has_more;
}

Status LedgerFigures::read_open() {
  TRY(LedgerStatement statement, database_.prepare(open_by_level));
  TRY_OK(statement.start({}));
  std::map<OpenKey, OpenIncidents> open;
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) break;
    const OpenKey key{level_rank(statement.text(0)),
                      incident_state_named(statement.text(1)).value_or(IncidentState::fresh)};
    open[key] = {static_cast<std::uint64_t>(statement.number(2)), Timestamp{statement.number(3)}};
  }
  figures_.open = std::move(open);
  return {};
}

Status LedgerFigures::read_unacknowledged() {
  std::map<std::size_t, OpenIncidents> out;
  for (const auto& [key, incidents] : figures_.open) {
    if (key.state == IncidentState::fresh) out[key.level] = incidents;
  }
  TRY(LedgerStatement statement, database_.prepare(contained_unseen));
  TRY_OK(statement.start({}));
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) break;
    OpenIncidents& known = out[level_rank(statement.text(0))];
    const Timestamp oldest{statement.number(2)};
    known.oldest = known.count == 0 ? oldest : std::min(known.oldest, oldest);
    known.count += static_cast<std::uint64_t>(statement.number(1));
  }
  figures_.unacknowledged = std::move(out);
  return {};
}

}  // namespace alarum

#include "daemon/respond/incident_closer.h"

#include "daemon/base/digest.h"
#include "daemon/respond/stored_action.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace alarum {
namespace {

/// For how long it is tried.
constexpr std::chrono::hours deadline{24};
/// How much of the journal is read at a time, so that no turn takes long.
constexpr std::int64_t lines_max = 10'000;

constexpr std::string_view select_unread =
    "SELECT journal_number, (SELECT coalesce(max(journal_number), 0) FROM journal) FROM ended_position";

constexpr std::string_view select_resolved =
    "SELECT incident_id FROM journal WHERE journal_number > ? AND journal_number <= ? AND phase = 'resolve'";

/// The first that told, or is about to: what it tells is of the incident as it was before.
constexpr std::string_view select_told =
    "SELECT alert_id, rule_id, source, playbook FROM actions WHERE incident_id = ? AND target_key = '' AND"
    " responder = ? AND nature = 'telling' AND state IN ('done', 'executing') AND alert_id IS NOT NULL"
    " ORDER BY action_number LIMIT 1";

}  // namespace

Status IncidentCloser::close(const ResponsePlan& plan, Timestamp now) {
  std::int64_t from = 0;
  std::int64_t to = 0;
  {
    TRY(LedgerStatement row, database_.rows(select_unread, {}));
    TRY(const bool has_row, row.next());
    if (!has_row) return {};
    from = row.number(0);
    to = std::min(row.number(1), from + lines_max);
  }
  if (to <= from) return {};
  std::vector<std::string> resolved;
  {
    TRY(LedgerStatement rows, database_.rows(select_resolved, {from, to}));
    for (;;) {
      TRY(const bool has_row, rows.next());
      if (!has_row) break;
      resolved.push_back(rows.text(0));
    }
  }
  for (const std::string& incident_id : resolved) {
    for (const PlaybookResponder& responder : plan.playbooks.responders) {
      if (responder.ends_what_it_told) TRY_OK(end_told(incident_id, responder.name, now));
    }
  }
  return database_.run("UPDATE ended_position SET journal_number = ?", {to});
}

Status IncidentCloser::end_told(const std::string& incident_id, const std::string& responder, Timestamp now) {
  TRY(LedgerStatement told, database_.rows(select_told, {incident_id, responder}));
  TRY(const bool has_told, told.next());
  if (!has_told) return {};
  StoredAction end;
  end.id = id_of({closing_step, incident_id, responder});
  end.incident_id = incident_id;
  end.alert_id = told.text(0);
  end.rule_id = told.text(1);
  end.source = told.text(2);
  end.playbook = told.text(3);
  end.step_id = closing_step;
  end.responder = responder;
  end.due = now;
  end.expires = {now.microseconds + Duration(deadline).count()};
  end.intended = now;
  told.end();
  TRY_OK(actions_.insert(end));
  return {};
}

}  // namespace alarum

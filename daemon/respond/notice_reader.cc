#include "daemon/respond/notice_reader.h"

#include "daemon/respond/breaker_notice.h"

#include <string_view>

namespace alarum {
namespace {

constexpr std::string_view select_incident =
    "SELECT title, level, state, coalesce(verdict, ''), alerts, opened_us, first_event_us, last_event_us"
    " FROM incidents WHERE incident_id = ?";

/// As many as responders can tell of.
constexpr std::string_view select_entities =
    "SELECT type, value FROM incident_entities WHERE incident_id = ? ORDER BY alerts DESC, type, key LIMIT"
    " 101";
constexpr std::string_view select_rules =
    "SELECT rule_id FROM incident_rules WHERE incident_id = ? ORDER BY alerts DESC, rule_id LIMIT 101";

}  // namespace

Result<ToldAction> NoticeReader::read(const StoredAction& action) {
  ToldAction out;
  IncidentNotice& notice = out.notice;
  if (action.step_id == breaker_step) {
    TRY(const std::string entry, breaker_entry());
    notice = breaker_notice(action, entry);
    return out;
  }
  notice.incident_id = action.incident_id;
  notice.action_id = action.id;
  TRY(LedgerStatement rows, database_.rows(select_incident, {action.incident_id}));
  TRY(const bool has_row, rows.next());
  if (has_row) {
    notice.title = rows.text(0);
    notice.level = rows.text(1);
    notice.state = rows.text(2);
    notice.verdict = rows.text(3);
    notice.alerts = static_cast<std::uint64_t>(rows.number(4));
    notice.opened = rows.time(5);
    notice.first_event_time = rows.time(6);
    notice.last_event_time = rows.time(7);
  }
  TRY_OK(add_entities(action.incident_id, notice));
  TRY(LedgerStatement alert,
      database_.rows("SELECT alert_json FROM alerts WHERE alert_id = ?", {action.alert_id}));
  TRY(const bool has_alert, alert.next());
  if (has_alert) out.alert_json = alert.text(0);
  return out;
}

/// The cap that has tripped the breaker; empty where that was reset.
Result<std::string> NoticeReader::breaker_entry() {
  TRY(LedgerStatement rows, database_.rows("SELECT entry FROM breaker", {}));
  TRY(const bool has_row, rows.next());
  std::string out = has_row ? rows.text(0) : "";
  return out;
}

Status NoticeReader::add_entities(const std::string& incident_id, IncidentNotice& notice) {
  TRY(LedgerStatement entities, database_.rows(select_entities, {incident_id}));
  for (;;) {
    TRY(const bool has_row, entities.next());
    if (!has_row) break;
    notice.entities.push_back({entities.text(0), entities.text(1)});
  }
  TRY(LedgerStatement rules, database_.rows(select_rules, {incident_id}));
  for (;;) {
    TRY(const bool has_row, rules.next());
    if (!has_row) return {};
    notice.rule_ids.push_back(rules.text(0));
  }
}

}  // namespace alarum

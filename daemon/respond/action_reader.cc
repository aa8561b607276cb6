#include "daemon/respond/action_reader.h"

#include "daemon/respond/ledger_rows.h"

namespace alarum {
namespace {

constexpr std::string_view action_columns =
    "SELECT action_number, action_id, coalesce(incident_id, ''), rule_id, playbook, responder, nature,"
    " target, state, attempts, intended_us, ended_us, until_us, reference, why FROM actions";

/// Of each step only so many targets: an attacker who brings many must not hide the other steps.
constexpr std::int64_t targets_max = 10;

ActionSummary action_of(const LedgerStatement& row) {
  return {.number = row.number(0),
          .id = row.text(1),
          .incident = row.text(2),
          .rule = row.text(3),
          .playbook = row.text(4),
          .responder = row.text(5),
          .nature = row.text(6),
          .target = row.text(7),
          .state = row.text(8),
          .attempts = row.number(9),
          .intended = Timestamp{row.number(10)},
          .ended = row.time(11),
          .until = row.time(12),
          .reference = row.text(13),
          .why = row.text(14)};
}

std::size_t bytes_of(const ActionSummary& one) {
  return json_bytes({one.rule, one.target, one.reference, one.why});
}

StepOutcome step_of(const LedgerStatement& row) {
  return {.playbook = row.text(0),
          .step = row.number(1),
          .responder = row.text(2),
          .target = row.text(3),
          .fate = row.text(4),
          .guard = row.text(5),
          .entry = row.text(6),
          .why = row.text(7),
          .action_id = row.text(8),
          .alert_id = row.text(9),
          .at = Timestamp{row.number(10)},
          .times = row.number(11),
          .targets = row.number(12)};
}

AuditLine audit_line_of(const LedgerStatement& row) {
  return {row.number(0),
          {.at = Timestamp{row.number(1)},
           .who = row.text(2),
           .who_uid = row.number_or_nothing(3),
           .what = row.text(4),
           .subject = row.text(5),
           .incident_id = row.text(6),
           .detail = row.text(7)},
          row.text(8)};
}

}  // namespace

Result<LedgerList<ActionSummary>> ActionReader::blocks(Timestamp now, std::int64_t before, LedgerPage page) {
  const std::string sql = std::string(action_columns) + " WHERE action_number IN " +
                          std::string(standing_actions) +
                          " AND nature = 'blocking' AND action_number < ?2 ORDER BY action_number DESC";
  return ledger_rows<ActionSummary>(database_, sql, {now, ledger_bound(before)}, page, action_of, bytes_of);
}

Result<LedgerList<ActionSummary>> ActionReader::actions(const std::string& incident, std::int64_t before,
                                                        LedgerPage page) {
  const std::string sql = std::string(action_columns) +
                          " WHERE incident_id = ? AND action_number < ? ORDER BY action_number DESC LIMIT ?";
  return ledger_rows<ActionSummary>(database_, sql, {incident, ledger_bound(before), one_more(page)}, page,
                                    action_of, bytes_of);
}

Result<LedgerList<StepOutcome>> ActionReader::steps(const std::string& incident, LedgerPage page) {
  return ledger_rows<StepOutcome>(
      database_,
      "SELECT playbook, step, responder, target, fate, guard, entry, why, action_id, alert_id, at_us, times,"
      " targets FROM (SELECT *, count(*) OVER (PARTITION BY step_id) AS targets, row_number() OVER"
      " (PARTITION BY step_id ORDER BY at_us DESC, target_key) AS place FROM decisions WHERE incident_id = ?)"
      " WHERE place <= ? ORDER BY playbook, step, place",
      {incident, targets_max}, page, step_of, [](const StepOutcome& one) {
        return json_bytes({one.target, one.why, one.entry});
      });
}

Result<LedgerList<AuditLine>> ActionReader::audit(std::int64_t before, LedgerPage page) {
  return ledger_rows<AuditLine>(
      database_,
      "SELECT audit_number, at_us, who, who_uid, what, subject, incident_id, detail, hash FROM audit"
      " WHERE audit_number < ? ORDER BY audit_number DESC",
      {ledger_bound(before)}, page, audit_line_of, [](const AuditLine& one) {
        return json_bytes({one.entry.subject, one.entry.detail});
      });
}

Result<std::optional<TrippedBreaker>> ActionReader::breaker() {
  TRY(LedgerStatement row, database_.prepare("SELECT guard, entry, why, at_us FROM breaker"));
  TRY_OK(row.start({}));
  TRY(const bool has_row, row.next());
  if (!has_row) return std::optional<TrippedBreaker>();
  std::optional<TrippedBreaker> out(
      TrippedBreaker{row.text(0), row.text(1), row.text(2), Timestamp{row.number(3)}});
  row.end();
  return out;
}

}  // namespace alarum

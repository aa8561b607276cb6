#include "daemon/respond/standing_blocks.h"

#include "daemon/base/embedded_ipv4.h"
#include "daemon/respond/action_reader.h"

#include <algorithm>

namespace alarum {
namespace {

/// One that has not begun is denied, unless an attempt may have made it: then it ends no later than if it had
/// been made just now.
constexpr std::string_view take_back_block =
    "UPDATE actions SET state = iif(state = 'done' OR may_be_done, 'undoing', 'denied'), next_us = ?1,"
    " ended_us = iif(state = 'done', ended_us, ?1), until_us = iif(state = 'intent' AND may_be_done,"
    " ?1 + lasts_us, until_us), why = ?2 WHERE action_id = ?3 AND state IN ('done', 'intent')";

/// Somebody denied it, and no guard.
constexpr std::string_view count_denied =
    "INSERT INTO action_counts SELECT responder, 'denied', '', 1 FROM actions WHERE action_id = ? AND state ="
    " 'denied' ON CONFLICT DO UPDATE SET times = times + 1";

/// Whether `is_so` holds for the target, or for an IPv4 network that it stands for.
template <class IsSo>
bool any_form(const std::optional<IpNetwork>& target, const IsSo& is_so) {
  if (!target) return false;
  const std::vector<IpNetwork> forms = embedded_ipv4(*target, {});
  return is_so(*target) || std::any_of(forms.begin(), forms.end(), is_so);
}

}  // namespace

bool StandingBlock::shares_with(const IpNetwork& network) const {
  return any_form(target, [&](const IpNetwork& form) { return network.overlaps(form); });
}

bool StandingBlock::is_within(const IpNetwork& network) const {
  return any_form(target, [&](const IpNetwork& form) { return network.contains(form); });
}

Result<std::vector<StandingBlock>> standing_blocks(LedgerDatabase& database, const StandingFilter& filter,
                                                   Timestamp now) {
  const std::string sql =
      "SELECT action_id, coalesce(incident_id, ''), target, state FROM actions"
      " WHERE action_number IN " +
      std::string(standing_actions) +
      " AND nature = 'blocking' AND state IN ('done', 'intent', 'executing')"
      " AND (?2 = '' OR incident_id = ?2) AND (?3 = '' OR rule_id = ?3)"
      " AND intended_us >= ?4 ORDER BY action_number";
  TRY(LedgerStatement rows, database.prepare(sql));
  TRY_OK(rows.start({now, filter.incident, filter.rule, filter.since}));
  std::vector<StandingBlock> out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    out.push_back({rows.text(0), rows.text(1), IpNetwork::parse(rows.text(2)), rows.text(3) == "done",
                   rows.text(3) == "executing"});
  }
}

Result<std::vector<std::string>> standing_responders(LedgerDatabase& database, Timestamp now) {
  TRY(LedgerStatement rows,
      database.prepare("SELECT DISTINCT responder FROM actions WHERE action_number IN " +
                       std::string(standing_actions) +
                       " AND nature = 'blocking' AND state <> 'shadow' ORDER BY responder"));
  TRY_OK(rows.start({now}));
  std::vector<std::string> out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    out.push_back(rows.text(0));
  }
}

Status take_back(LedgerDatabase& database, AuditLog& audit, const StandingBlock& block,
                 const AuditEntry& by) {
  const std::string why = "taken back by " + by.who + (by.detail.empty() ? "" : ": " + by.detail);
  TRY(LedgerStatement update, database.prepare(take_back_block));
  TRY_OK(update.run({by.at, why, block.id}));
  if (!block.is_done) {
    TRY(LedgerStatement count, database.prepare(count_denied));
    TRY_OK(count.run({block.id}));
  }
  AuditEntry entry = by;
  entry.what = "block_taken_back";
  entry.subject = block.id;
  entry.incident_id = block.incident;
  const std::string target = block.target ? block.target->to_text() : "";
  entry.detail = by.detail.empty() ? target : target + ": " + by.detail;
  return audit.append(entry);
}

}  // namespace alarum

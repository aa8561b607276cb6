#include "daemon/respond/action_store.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace alarum {
namespace {

/// The columns of an action, as `read_action` takes them.
#define ALARUM_ACTION_COLUMNS                                                                         \
  "action_id, coalesce(incident_id, ''), coalesce(alert_id, ''), rule_id, source, playbook, step_id," \
  " responder, nature, target_type, target, target_key, repeat, lasts_us, due_us, expires_us, needs," \
  " state, attempts, may_be_done, intended_us, until_us, why"

constexpr std::string_view select_undecided =
    "SELECT alert_number, alert_id, incident_id, alert_json FROM alerts WHERE alert_number >"
    " (SELECT alert_number FROM decided_position) ORDER BY alert_number LIMIT ?";

constexpr std::string_view select_history =
    "SELECT step_id, count(*), sum(state = 'done'), sum(state = 'in_doubt'),"
    " sum(state IN ('intent', 'executing', 'undoing') OR (nature = 'blocking' AND state = 'done' AND until_us"
    " > ?3)), sum(begun_us IS NOT NULL AND state <> 'denied'), max(CASE WHEN state = 'shadow' AND (nature ="
    " 'running' OR until_us > ?3) THEN repeat END) FROM actions WHERE incident_id = ?1 AND target_key = ?2"
    " GROUP BY step_id";

constexpr std::string_view upsert_decision =
    "INSERT INTO decisions (incident_id, step_id, target_key, playbook, step, responder, target, fate,"
    " guard, entry, why, action_id, alert_id, at_us, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " ?, 1) ON CONFLICT DO UPDATE SET target = excluded.target, fate = excluded.fate, guard ="
    " excluded.guard, entry = excluded.entry, why = excluded.why, action_id = excluded.action_id, alert_id"
    " = excluded.alert_id, at_us = excluded.at_us, times = times + 1";

constexpr std::string_view insert_action =
    "INSERT OR IGNORE INTO actions (action_id, incident_id, alert_id, rule_id, source, playbook, step_id,"
    " responder, nature, target_type, target, target_key, repeat, lasts_us, due_us, expires_us, needs,"
    " state, next_us, intended_us, ended_us, until_us, why) VALUES (?, nullif(?, ''), nullif(?, ''), ?, ?,"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr std::string_view count_outcome =
    "INSERT INTO action_counts VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1";

constexpr std::string_view select_to_undo =
    "SELECT " ALARUM_ACTION_COLUMNS
    " FROM actions INDEXED BY actions_to_undo WHERE responder = ? AND state = 'undoing' AND next_us <= ?"
    " ORDER BY next_us, action_number LIMIT ?";

constexpr std::string_view select_to_begin =
    "SELECT " ALARUM_ACTION_COLUMNS
    " FROM actions INDEXED BY actions_to_begin WHERE responder = ? AND state = 'intent' AND next_us <= ?"
    " ORDER BY next_us, action_number LIMIT ?";

constexpr std::string_view select_has_undecided =
    "SELECT (SELECT max(alert_number) FROM alerts) > (SELECT alert_number FROM decided_position)";

constexpr std::string_view select_action =
    "SELECT " ALARUM_ACTION_COLUMNS " FROM actions WHERE action_id = ?";

constexpr std::string_view select_unfinished =
    "SELECT " ALARUM_ACTION_COLUMNS
    " FROM actions INDEXED BY unfinished_actions WHERE state IN ('intent', 'executing', 'undoing')";

constexpr std::string_view select_live_blocks =
    "SELECT " ALARUM_ACTION_COLUMNS
    " FROM actions INDEXED BY unfinished_blocks WHERE nature = 'blocking' AND state IN ('intent',"
    " 'executing', 'undoing') AND state <> 'undoing' UNION ALL SELECT " ALARUM_ACTION_COLUMNS
    " FROM actions INDEXED BY blocks_by_end WHERE state IN ('done', 'shadow') AND until_us IS NOT NULL AND"
    " until_us > ? AND state = 'done'";

/// Only addresses of clients are looked for. An event that claims to be of the future was there when its
/// alert was made. Incidents with blocks that are to come are few, and looked up once.
constexpr std::string_view select_watched =
    "SELECT a.action_id, coalesce(a.incident_id, ''), a.source, a.target, a.ended_us, a.until_us, a.seen_us,"
    " min(i.last_event_us, (SELECT l.detected_us FROM alerts l WHERE l.incident_id = a.incident_id ORDER BY"
    " l.alert_number DESC LIMIT 1)), i.state IN ('contained', 'resolved'), a.incident_id IN (SELECT"
    " incident_id FROM actions INDEXED BY unfinished_blocks WHERE state IN ('intent', 'executing',"
    " 'undoing') AND state <> 'undoing' AND nature = 'blocking' AND incident_id IS NOT NULL) FROM actions a"
    " INDEXED BY blocks_by_end LEFT JOIN incidents i ON i.incident_id = a.incident_id WHERE a.state IN"
    " ('done', 'shadow') AND a.until_us IS NOT NULL AND a.until_us > ? AND a.state = 'done' AND"
    " a.target_type IN ('source.ip', 'network')";

/// For so long a block that is over may still say that its incident is contained.
constexpr std::chrono::minutes watched_behind_end{10};

constexpr std::string_view begin_action =
    "UPDATE actions SET state = 'executing', attempts = attempts + 1, begun_us = coalesce(begun_us, ?2)"
    " WHERE action_id = ?1 AND state = 'intent'";

constexpr std::string_view end_action =
    "UPDATE actions SET state = ?3, ended_us = ?4, why = ?5, reference = coalesce(nullif(?6, ''),"
    " reference), until_us = coalesce(?7, until_us), next_us = ?4 WHERE action_id = ?1 AND state = ?2";

constexpr std::string_view retry_action =
    "UPDATE actions SET state = 'intent', next_us = ?2, may_be_done = max(may_be_done, ?3), why = ?4"
    " WHERE action_id = ?1 AND state = 'executing'";

constexpr std::string_view withdraw_action =
    "UPDATE actions SET state = 'intent', attempts = attempts - 1 WHERE action_id = ? AND state ="
    " 'executing'";

constexpr std::string_view wake_waiting =
    "UPDATE actions INDEXED BY actions_that_wait SET next_us = min(next_us, ?3) WHERE incident_id = ?1 AND"
    " state = 'intent' AND needs <> '' AND instr(needs, ?2) > 0";

/// The last: an hour, which is longer than any wait.
constexpr std::string_view bring_back =
    "UPDATE actions INDEXED BY unfinished_actions SET due_us = due_us - max(0, intended_us - ?1),"
    " expires_us = expires_us - max(0, intended_us - ?1), next_us = min(next_us, max(?1, due_us - max(0,"
    " intended_us - ?1))), intended_us = min(intended_us, ?1) WHERE state IN ('intent', 'executing', "
    "'undoing') AND (?2 OR"
    " intended_us > ?1 OR next_us > max(?1, due_us) + 3600000000)";

ResponderNature nature_of(std::string_view word) {
  if (word == nature_name(ResponderNature::blocking)) return ResponderNature::blocking;
  if (word == nature_name(ResponderNature::running)) return ResponderNature::running;
  return ResponderNature::telling;
}

/// Ids have one length, so a space between them is enough.
std::string joined(const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) out += (out.empty() ? "" : " ") + id;
  return out;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

LedgerValue duration_value(const std::optional<Duration>& duration) {
  return duration ? LedgerValue(static_cast<std::int64_t>(duration->count())) : LedgerValue(std::nullopt);
}

StoredAction read_action(const LedgerStatement& row) {
  StoredAction out;
  out.id = row.text(0);
  out.incident_id = row.text(1);
  out.alert_id = row.text(2);
  out.rule_id = row.text(3);
  out.source = row.text(4);
  out.playbook = row.text(5);
  out.step_id = row.text(6);
  out.responder = row.text(7);
  out.nature = nature_of(row.text(8));
  out.target_type = row.text(9);
  out.target = row.text(10);
  out.target_key = row.text(11);
  out.repeat = static_cast<std::uint64_t>(row.number(12));
  if (const auto lasts = row.number_or_nothing(13)) out.lasts = Duration(*lasts);
  out.due = {row.number(14)};
  out.expires = {row.number(15)};
  out.needs = split(row.text(16));
  out.state = action_state_named(row.text(17)).value_or(ActionState::intent);
  out.attempts = static_cast<std::uint32_t>(row.number(18));
  out.may_be_done = row.number(19) != 0;
  out.intended = {row.number(20)};
  out.until = row.time(21);
  out.why = row.text(22);
  return out;
}

}  // namespace

Result<std::vector<StoredAction>> ActionStore::read(std::string_view sql, LedgerValues values) {
  TRY(LedgerStatement rows, database_.rows(sql, values));
  std::vector<StoredAction> out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    out.push_back(read_action(rows));
  }
}

Result<std::vector<UndecidedAlert>> ActionStore::undecided(std::size_t max) {
  TRY(LedgerStatement rows, database_.rows(select_undecided, {static_cast<std::int64_t>(max)}));
  std::vector<UndecidedAlert> out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    out.push_back({rows.number(0), rows.text(1), rows.text(2), rows.text(3)});
  }
}

Status ActionStore::note_decided(std::int64_t alert_number) {
  return database_.run("UPDATE decided_position SET alert_number = ?", {alert_number});
}

Status ActionStore::add_history(const std::string& incident_id, const std::string& target_key, Timestamp now,
                                std::map<StepTarget, StepHistory>& into) {
  TRY(LedgerStatement rows, database_.rows(select_history, {incident_id, target_key, now}));
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return {};
    const std::int64_t open = rows.number(4);
    StepHistory& one = into[{rows.text(0), target_key}];
    one.ended = static_cast<std::uint64_t>(rows.number(1) - open);
    one.done = static_cast<std::uint64_t>(rows.number(2));
    one.doubts = static_cast<std::uint64_t>(rows.number(3));
    one.is_open = open > 0;
    one.tried = static_cast<std::uint64_t>(rows.number(5));
    if (const auto shadowed = rows.number_or_nothing(6)) one.shadowed = static_cast<std::uint64_t>(*shadowed);
  }
}

Status ActionStore::note_decision(const StepDecision& decision, std::string_view fate,
                                  const GuardRefusal& refusal, const UndecidedAlert& alert, Timestamp now) {
  const std::string& why = refusal.why.empty() ? decision.why : refusal.why;
  return database_.run(upsert_decision,
                       {alert.incident_id, decision.step_id, decision.target_key, decision.playbook,
                        static_cast<std::int64_t>(decision.step), decision.responder, decision.target, fate,
                        refusal.guard, refusal.entry, why, decision.action_id, alert.id, now});
}

Result<bool> ActionStore::insert(const StoredAction& action) {
  const bool has_ended = action.state == ActionState::shadow;
  const std::string needs = joined(action.needs);
  TRY(const std::int64_t rows,
      database_.change(insert_action, {action.id,
                                       action.incident_id,
                                       action.alert_id,
                                       action.rule_id,
                                       action.source,
                                       action.playbook,
                                       action.step_id,
                                       action.responder,
                                       nature_name(action.nature),
                                       action.target_type,
                                       action.target,
                                       action.target_key,
                                       static_cast<std::int64_t>(action.repeat),
                                       duration_value(action.lasts),
                                       action.due,
                                       action.expires,
                                       needs,
                                       action_state_name(action.state),
                                       action.due,
                                       action.intended,
                                       has_ended ? std::optional(action.intended) : std::nullopt,
                                       action.until,
                                       action.why}));
  return rows > 0;
}

Status ActionStore::count(std::string_view responder, std::string_view outcome, std::string_view guard) {
  return database_.run(count_outcome, {responder, outcome, guard});
}

Result<std::vector<StoredAction>> ActionStore::to_do(std::string_view responder, Timestamp now,
                                                     std::size_t max) {
  TRY(std::vector<StoredAction> out, read(select_to_undo, {responder, now, static_cast<std::int64_t>(max)}));
  if (out.size() >= max) return out;
  TRY(std::vector<StoredAction> begin,
      read(select_to_begin, {responder, now, static_cast<std::int64_t>(max - out.size())}));
  std::move(begin.begin(), begin.end(), std::back_inserter(out));
  return out;
}

Result<bool> ActionStore::has_undecided() {
  TRY(const std::int64_t found, database_.number(select_has_undecided, {}));
  return found != 0;
}

Result<std::vector<StoredAction>> ActionStore::unfinished() { return read(select_unfinished, {}); }

Result<std::optional<StoredAction>> ActionStore::find(const std::string& id) {
  TRY(std::vector<StoredAction> found, read(select_action, {id}));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<ActionState>> ActionStore::states(const std::vector<std::string>& ids) {
  std::vector<ActionState> out;
  for (const std::string& id : ids) {
    TRY(LedgerStatement rows, database_.rows("SELECT state FROM actions WHERE action_id = ?", {id}));
    TRY(const bool has_row, rows.next());
    // What was never an action is never done.
    const auto state = has_row ? action_state_named(rows.text(0)) : std::nullopt;
    out.push_back(state.value_or(ActionState::failed));
  }
  return out;
}

Result<bool> ActionStore::begin(const std::string& id, Timestamp now) {
  TRY(const std::int64_t rows, database_.change(begin_action, {id, now}));
  return rows > 0;
}

Result<bool> ActionStore::end(const std::string& id, ActionState from, const ActionEnd& end, Timestamp now) {
  TRY(const std::int64_t rows,
      database_.change(end_action, {id, action_state_name(from), action_state_name(end.state), now, end.why,
                                    end.reference, end.until}));
  return rows > 0;
}

Result<bool> ActionStore::retry(const std::string& id, Timestamp next, bool may_be_done,
                                const std::string& why) {
  TRY(const std::int64_t rows,
      database_.change(retry_action, {id, next, static_cast<std::int64_t>(may_be_done), why}));
  return rows > 0;
}

Status ActionStore::withdraw(const std::string& id) { return database_.run(withdraw_action, {id}); }

Status ActionStore::extend(const std::string& id, Timestamp expires) {
  return database_.run("UPDATE actions SET expires_us = max(expires_us, ?2) WHERE action_id = ?1",
                       {id, expires});
}

Status ActionStore::postpone(const std::string& id, Timestamp next, const std::string& why) {
  return database_.run("UPDATE actions SET next_us = ?2, why = ?3 WHERE action_id = ?1", {id, next, why});
}

Status ActionStore::bring_to_present(Timestamp now, bool is_sure) {
  return database_.run(bring_back, {now, static_cast<std::int64_t>(is_sure)});
}

Status ActionStore::wake_dependents(const std::string& incident_id, const std::string& id, Timestamp now) {
  return database_.run(wake_waiting, {incident_id, id, now});
}

Result<std::vector<StoredAction>> ActionStore::live_blocks(Timestamp now) {
  return read(select_live_blocks, {now});
}

Result<std::vector<WatchedBlock>> ActionStore::watched(Timestamp now) {
  const Timestamp since{now.microseconds - Duration(watched_behind_end).count()};
  TRY(LedgerStatement rows, database_.rows(select_watched, {since}));
  std::vector<WatchedBlock> out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    const auto target = IpNetwork::parse(rows.text(3));
    if (!target) continue;  // nobody is watched whom no network describes
    out.push_back({.action_id = rows.text(0),
                   .incident_id = rows.text(1),
                   .source = rows.text(2),
                   .target = *target,
                   .begun = {rows.number(4)},
                   .until = {rows.number(5)},
                   .seen_at = rows.time(6),
                   .is_ineffective = rows.time(6).has_value(),
                   .alerted = rows.time(7),
                   .is_incomplete = rows.number(9) != 0,
                   .is_contained = rows.number(8) != 0});
  }
}

Result<bool> ActionStore::note_seen(const std::string& id, Timestamp at) {
  TRY(const std::int64_t rows,
      database_.change("UPDATE actions SET seen_us = ?2 WHERE action_id = ?1 AND seen_us IS NULL", {id, at}));
  return rows > 0;
}

}  // namespace alarum

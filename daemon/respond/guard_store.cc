#include "daemon/respond/guard_store.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace alarum {
namespace {

/// Of what has failed, was refused or is in shadow nobody was kept off.
constexpr std::string_view select_blocks =
    "SELECT step_id, count(*) FROM actions INDEXED BY blocks_of_target WHERE nature = 'blocking' AND "
    "target_key = ?1 AND ended_us > ?3"
    " AND (state = 'undone' OR (state = 'done' AND until_us <= ?2)) GROUP BY step_id";

constexpr std::string_view upsert_revision =
    "INSERT INTO rule_revisions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision,"
    " since_us = excluded.since_us WHERE revision <> excluded.revision";

}  // namespace

Status GuardStore::add_blocks(const std::string& target_key, Timestamp now,
                              std::map<StepTarget, StepHistory>& history) {
  const Timestamp since{now.microseconds - repeat_window.count()};
  TRY(LedgerStatement rows, database_.rows(select_blocks, {target_key, now, since}));
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return {};
    history[{rows.text(0), target_key}].blocks = static_cast<std::uint64_t>(rows.number(1));
  }
}

Result<Breaker> GuardStore::breaker() {
  TRY(LedgerStatement rows, database_.rows("SELECT entry, why, at_us FROM breaker", {}));
  TRY(const bool has_row, rows.next());
  Breaker out;
  if (has_row) {
    out.tripped_by = GuardRefusal{cap_guard, rows.text(0), rows.text(1)};
    out.tripped_at = {rows.number(2)};
  }
  return out;
}

Status GuardStore::trip(const Breaker& breaker) {
  return database_.run(
      "INSERT OR IGNORE INTO breaker VALUES (1, ?, ?, ?, ?)",
      {breaker.tripped_by->guard, breaker.tripped_by->entry, breaker.tripped_by->why, breaker.tripped_at});
}

Status GuardStore::note_revisions(const StringMap<RuleTrait>& rules, Timestamp now) {
  for (const auto& [id, rule] : rules) TRY_OK(database_.run(upsert_revision, {id, rule.revision, now}));
  return {};
}

Result<std::optional<Timestamp>> GuardStore::rule_since(std::string_view rule_id) {
  TRY(LedgerStatement rows,
      database_.rows("SELECT since_us FROM rule_revisions WHERE rule_id = ?", {rule_id}));
  TRY(const bool has_row, rows.next());
  const auto out = has_row ? std::optional(Timestamp{rows.number(0)}) : std::nullopt;
  return out;
}

}  // namespace alarum

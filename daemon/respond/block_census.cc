#include "daemon/respond/block_census.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace alarum {
namespace {

constexpr std::string_view select_recent =
    "SELECT action_id, rule_id, source, intended_us FROM actions INDEXED BY blocks_by_time WHERE nature ="
    " 'blocking' AND intended_us > ?1 AND state NOT IN ('denied', 'expired') AND (state <> 'shadow' OR"
    " intended_us > ?2)";

/// What is in shadow keeps nobody off; what has not begun is about to.
constexpr std::string_view select_active =
    "SELECT action_id, target_key, coalesce(state <> 'shadow' AND begun_us > ?2, 0) FROM actions INDEXED BY"
    " blocks_by_end WHERE state IN ('done', 'shadow') AND until_us IS NOT NULL AND until_us > ?1 AND (state"
    " <> 'shadow' OR intended_us > ?3) UNION ALL SELECT action_id, target_key, coalesce(state <> 'undoing' OR"
    " begun_us > ?2, 0) FROM actions INDEXED BY unfinished_blocks WHERE nature = 'blocking' AND state IN"
    " ('intent', 'executing', 'undoing')";

Timestamp before(Timestamp now, Duration span) { return {now.microseconds - span.count()}; }

}  // namespace

Result<BlockCensus> BlockCensus::take(LedgerDatabase& database, Timestamp now, Shadow shadow) {
  Timestamp behind{std::numeric_limits<std::int64_t>::max()};
  if (shadow == Shadow::counted) {
    TRY(behind.microseconds, database.number("SELECT at_us FROM breaker_reset"));
  }
  BlockCensus out(now, behind);
  TRY_OK(out.read_recent(database));
  TRY_OK(out.read_active(database));
  return out;
}

Status BlockCensus::read_recent(LedgerDatabase& database) {
  TRY(LedgerStatement rows,
      database.rows(select_recent, {before(now_, std::chrono::hours(1)), shadow_behind_}));
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return {};
    recent_.push_back({rows.text(0), rows.text(1), rows.text(2), Timestamp{rows.number(3)}});
  }
}

Status BlockCensus::read_active(LedgerDatabase& database) {
  TRY(LedgerStatement rows,
      database.rows(select_active, {now_, before(now_, clients_window), shadow_behind_}));
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) break;
    active_.push_back({rows.text(0), rows.text(1), rows.number(2) != 0});
  }
  std::sort(active_.begin(), active_.end(),
            [](const Active& a, const Active& b) { return a.target_key < b.target_key; });
  return {};
}

void BlockCensus::add(const StoredAction& block) {
  const bool is_shadow = block.state == ActionState::shadow;
  if (is_shadow && block.intended <= shadow_behind_) return;
  recent_.push_back({block.id, block.rule_id, block.source, block.intended});
  if (is_shadow && (!block.until || *block.until <= now_)) return;
  const auto behind = std::upper_bound(
      active_.begin(), active_.end(), block.target_key,
      [](const std::string& target_key, const Active& one) { return target_key < one.target_key; });
  active_.insert(behind, {block.id, block.target_key, !is_shadow});
}

BlockCounters BlockCensus::counters_for(const StoredAction& block) const {
  BlockCounters out;
  const Timestamp minute = before(now_, std::chrono::minutes(1));
  for (const Recent& one : recent_) {
    if (one.id == block.id) continue;
    out.within_hour += 1;
    out.within_minute += one.intended > minute ? 1 : 0;
    out.rule_within_hour += !block.rule_id.empty() && one.rule_id == block.rule_id ? 1 : 0;
    out.source_within_hour += !block.source.empty() && one.source == block.source ? 1 : 0;
  }
  // Targets, each once, however many actions hold it.
  const auto is_other = [&](const Active& one) { return one.id != block.id; };
  for (auto begin = active_.begin(); begin != active_.end();) {
    const auto end = std::find_if(begin, active_.end(),
                                  [&](const Active& one) { return one.target_key != begin->target_key; });
    const bool is_held = std::any_of(begin, end, is_other);
    out.active += is_held ? 1 : 0;
    out.clients_blocked +=
        std::any_of(begin, end, [&](const Active& one) { return one.is_late && is_other(one); }) ? 1 : 0;
    out.is_blocked = out.is_blocked || (is_held && begin->target_key == block.target_key);
    begin = end;
  }
  return out;
}

}  // namespace alarum

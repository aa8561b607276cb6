#include "daemon/respond/action_figures.h"

#include <algorithm>
#include <utility>

namespace alarum {
namespace {

constexpr std::string_view all_counts = "SELECT responder, outcome, guard, times FROM action_counts";

/// The second condition on the state says what is meant, the first one what the index is made for.
constexpr std::string_view blocks_that_last =
    "SELECT responder, count(*), min(until_us) FROM actions INDEXED BY blocks_by_end WHERE"
    " state IN ('done', 'shadow') AND until_us IS NOT NULL AND until_us > ? AND state = 'done' AND nature ="
    " 'blocking' GROUP BY responder";

/// Of all that are in the index, and without another look at them.
constexpr std::string_view actions_that_wait =
    "SELECT responder, count(*) FROM actions WHERE state IN ('intent', 'executing', 'undoing')"
    " GROUP BY responder";

Status read_counts(LedgerDatabase& database, ActionFigures& out) {
  TRY(LedgerStatement statement, database.prepare(all_counts));
  TRY_OK(statement.start({}));
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) return {};
    const auto times = static_cast<std::uint64_t>(statement.number(3));
    out.outcomes[{statement.text(0), statement.text(1)}] += times;
    if (std::string guard = statement.text(2); !guard.empty()) out.held_by_guard[std::move(guard)] += times;
  }
}

Status read_blocks(LedgerDatabase& database, Timestamp now, ActionFigures& out) {
  TRY(LedgerStatement statement, database.prepare(blocks_that_last));
  TRY_OK(statement.start({now}));
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) return {};
    out.blocks_active[statement.text(0)] = static_cast<std::uint64_t>(statement.number(1));
    const Timestamp end{statement.number(2)};
    out.next_end = std::min(out.next_end.value_or(end), end);
  }
}

Status read_unfinished(LedgerDatabase& database, ActionFigures& out) {
  TRY(LedgerStatement statement, database.prepare(actions_that_wait));
  TRY_OK(statement.start({}));
  for (;;) {
    TRY(const bool has_row, statement.next());
    if (!has_row) return {};
    out.unfinished[statement.text(0)] = static_cast<std::uint64_t>(statement.number(1));
  }
}

}  // namespace

Result<ActionFigures> read_action_figures(LedgerDatabase& database, Timestamp now) {
  ActionFigures out;
  TRY_OK(read_counts(database, out));
  TRY_OK(read_blocks(database, now, out));
  TRY_OK(read_unfinished(database, out));
  TRY(const std::int64_t tripped, database.number("SELECT count(*) FROM breaker"));
  out.is_tripped = tripped > 0;
  return out;
}

}  // namespace alarum

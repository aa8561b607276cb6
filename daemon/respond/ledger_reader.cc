#include "daemon/respond/ledger_reader.h"

#include "daemon/respond/ledger_rows.h"

#include <algorithm>

namespace alarum {
namespace {

/// Readers wait for nobody in a write-ahead log, but for its recovery after a crash.
constexpr std::chrono::milliseconds patience{500};

constexpr std::string_view summary_columns =
    "SELECT incident_number, incident_id, state, level, title, opened_us, first_event_us, last_event_us,"
    " alerts, assignee, coalesce(verdict, ''), revision FROM incidents";

IncidentSummary summary_of(const LedgerStatement& row) {
  return {.number = row.number(0),
          .id = row.text(1),
          .state = incident_state_named(row.text(2)).value_or(IncidentState::fresh),
          .level = row.text(3),
          .title = row.text(4),
          .opened = Timestamp{row.number(5)},
          .first_event = row.time(6),
          .last_event = row.time(7),
          .alerts = row.number(8),
          .assignee = row.text(9),
          .verdict = row.text(10),
          .revision = row.number(11)};
}

std::size_t bytes_of(const IncidentSummary& one) { return json_bytes({one.title, one.assignee}); }
std::size_t bytes_of(const IncidentCount& one) { return json_bytes({one.name, one.value}); }
std::size_t bytes_of(const JournalEntry& one) { return json_bytes({one.why, one.from, one.to, one.who}); }
std::size_t bytes_of(const IncidentNote& one) { return json_bytes({one.markdown, one.who}); }
std::size_t bytes_of(const IncidentAlert& one) { return one.json.size(); }

/// Rows of `sql` with these values, as `make` sees them, until the page is full.
template <class Item, class Make>
Result<LedgerList<Item>> rows(LedgerDatabase& database, std::string_view sql, LedgerValues values,
                              LedgerPage page, Make make) {
  return ledger_rows<Item>(database, sql, values, page, make, [](const Item& one) { return bytes_of(one); });
}

/// The same, of rows that come newest first, turned round: what is cut off is the oldest.
template <class Item, class Make>
Result<LedgerList<Item>> newest_rows(LedgerDatabase& database, std::string_view sql, LedgerValues values,
                                     LedgerPage page, Make make) {
  TRY(LedgerList<Item> out, rows<Item>(database, sql, values, page, make));
  std::reverse(out.items.begin(), out.items.end());
  return out;
}

IncidentCount count_of(const LedgerStatement& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.number(3),
          Timestamp{row.number(4)},
          Timestamp{row.number(5)}};
}

}  // namespace

Result<IncidentSummary> find_incident(LedgerDatabase& database, std::string_view id) {
  const std::string shown(id);
  if (!is_incident_prefix(id))
    return Error{ErrorCode::invalid, "'" + shown + "' is no incident id: it takes " +
                                         std::to_string(incident_prefix_min) + " to " +
                                         std::to_string(incident_id_size) + " hex digits"};
  // Every id that begins so is at least that, and less than the same with a letter behind `f`.
  const std::string sql =
      std::string(summary_columns) + " WHERE incident_id >= ? AND incident_id < ? LIMIT 2";
  TRY(const auto found, rows<IncidentSummary>(database, sql, {shown, shown + "g"}, {1}, summary_of));
  if (found.items.empty()) return Error{ErrorCode::not_found, "there is no incident '" + shown + "'"};
  if (found.is_cut)
    return Error{ErrorCode::invalid, "several incidents begin with '" + shown + "': write more digits"};
  return found.items.front();
}

Result<std::unique_ptr<LedgerReader>> LedgerReader::open(const std::string& path) {
  TRY(auto database, LedgerDatabase::open(path, LedgerDatabase::Access::read, patience));
  return std::unique_ptr<LedgerReader>(new LedgerReader(std::move(database)));
}

Result<LedgerList<IncidentSummary>> LedgerReader::list(const IncidentFilter& filter, LedgerPage page) {
  const std::string state(filter.state ? incident_state_name(*filter.state) : "");
  std::array<std::string_view, incident_levels.size()> levels{};  // those below the least one are empty
  std::copy(incident_levels.begin() + static_cast<std::ptrdiff_t>(level_rank(filter.level_min)),
            incident_levels.end(), levels.begin());
  // Written out, so that open incidents are found by the index that has no others; by their number, with the
  // plus sign, since the other index of them would have all of them sorted for each page.
  const bool is_open_only = !filter.is_any_state && filter.state != IncidentState::resolved;
  const std::string sql = std::string(summary_columns) + " WHERE incident_number < ?1" +
                          (is_open_only ? " AND state <> 'resolved'" : "") +
                          " AND (?2 = '' OR state = ?2) AND (?3 = 0 OR assignee = ?4)"
                          " AND +level IN (?5, ?6, ?7, ?8, ?9) ORDER BY incident_number DESC";
  return rows<IncidentSummary>(
      *database_, sql,
      {ledger_bound(filter.before), state, std::int64_t{filter.assignee.has_value()},
       filter.assignee.value_or(""), levels[0], levels[1], levels[2], levels[3], levels[4]},
      page, summary_of);
}

Result<LedgerList<IncidentCount>> LedgerReader::rules(const std::string& id, LedgerPage page) {
  return rows<IncidentCount>(*database_,
                             "SELECT rule_id, title, level, alerts, first_us, last_us FROM incident_rules"
                             " WHERE incident_id = ? ORDER BY alerts DESC, rule_id LIMIT ?",
                             {id, one_more(page)}, page, count_of);
}

Result<LedgerList<IncidentCount>> LedgerReader::entities(const std::string& id, LedgerPage page) {
  return rows<IncidentCount>(*database_,
                             "SELECT type, value, '', alerts, first_us, last_us FROM incident_entities"
                             " WHERE incident_id = ? ORDER BY alerts DESC, type, key LIMIT ?",
                             {id, one_more(page)}, page, count_of);
}

Result<LedgerList<JournalEntry>> LedgerReader::journal(const std::string& id, std::int64_t before,
                                                       LedgerPage page) {
  return newest_rows<JournalEntry>(
      *database_,
      "SELECT journal_number, at_us, who, who_uid, change, from_value, to_value, why FROM journal"
      " WHERE incident_id = ? AND journal_number < ? ORDER BY journal_number DESC",
      {id, ledger_bound(before)}, page, [](const LedgerStatement& row) {
        return JournalEntry{row.number(0), Timestamp{row.number(1)},
                            row.text(2),   row.number_or_nothing(3),
                            row.text(4),   row.text(5),
                            row.text(6),   row.text(7)};
      });
}

Result<LedgerList<IncidentNote>> LedgerReader::notes(const std::string& id, std::int64_t before,
                                                     LedgerPage page) {
  return newest_rows<IncidentNote>(*database_,
                                   "SELECT note_number, at_us, who, who_uid, kind, markdown FROM notes"
                                   " WHERE incident_id = ? AND note_number < ? ORDER BY note_number DESC",
                                   {id, ledger_bound(before)}, page, [](const LedgerStatement& row) {
                                     return IncidentNote{row.number(0), Timestamp{row.number(1)},
                                                         row.text(2),   row.number_or_nothing(3),
                                                         row.text(4),   row.text(5)};
                                   });
}

Result<LedgerList<IncidentAlert>> LedgerReader::alerts(const std::string& id, std::int64_t before,
                                                       LedgerPage page) {
  return rows<IncidentAlert>(
      *database_,
      "SELECT alert_number, alert_json FROM alerts WHERE incident_id = ? AND alert_number < ?"
      " ORDER BY alert_number DESC",
      {id, ledger_bound(before)}, page, [](const LedgerStatement& row) {
        return IncidentAlert{row.number(0), row.text(1)};
      });
}

}  // namespace alarum

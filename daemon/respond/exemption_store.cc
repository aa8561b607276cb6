#include "daemon/respond/exemption_store.h"

#include "daemon/respond/ledger_rows.h"

#include <utility>

namespace alarum {
namespace {

constexpr std::string_view in_force =
    "SELECT kind, network, until_us, at_us, who, who_uid, why FROM exemptions WHERE until_us > ?"
    " ORDER BY kind, network";

ExemptionKind kind_of(const LedgerStatement& row) {
  return row.text(0) == exemption_kind_name(ExemptionKind::left_alone) ? ExemptionKind::left_alone
                                                                       : ExemptionKind::allowed;
}

AuditEntry by_itself(Timestamp at, std::string what, std::string subject, std::string detail) {
  return {at, "alarumd", std::nullopt, std::move(what), std::move(subject), "", std::move(detail)};
}

/// Each of them has said in the audit log when it would end.
Status forget_old(LedgerDatabase& database, AuditLog& audit, Timestamp now) {
  const Timestamp before{now.microseconds - exemption_kept.count()};
  TRY(LedgerStatement found, database.prepare("SELECT count(*) FROM exemptions WHERE until_us <= ?"));
  TRY_OK(found.start({before}));
  TRY(const bool has_row, found.next());
  const std::int64_t count = has_row ? found.number(0) : 0;
  found.end();
  if (count == 0) return {};
  TRY(LedgerStatement forget, database.prepare("DELETE FROM exemptions WHERE until_us <= ?"));
  TRY_OK(forget.run({before}));
  return audit.append(by_itself(now, "exemptions_forgotten", "",
                                std::to_string(count) + " that were over at " + format_time(before)));
}

/// Puts exemptions of one moment into the ledger, and counts those in force once for all of them.
class ExemptionWriter {
 public:
  static Result<ExemptionWriter> prepare(LedgerDatabase& database, AuditLog& audit, Timestamp now) {
    TRY(LedgerStatement count,
        database.prepare("SELECT count(*) FROM exemptions WHERE kind = ?1 AND until_us > ?2"));
    TRY(LedgerStatement count_one, database.prepare("SELECT count(*) FROM exemptions WHERE kind = ?1 AND"
                                                    " until_us > ?2 AND network = ?3"));
    TRY(LedgerStatement first, database.prepare("SELECT network FROM exemptions WHERE kind = 'left_alone' AND"
                                                " until_us > ? ORDER BY until_us, network LIMIT 1"));
    TRY(LedgerStatement remove,
        database.prepare("DELETE FROM exemptions WHERE kind = 'left_alone' AND network = ?"));
    TRY(LedgerStatement put,
        database.prepare("INSERT INTO exemptions (network, kind, until_us, at_us, who, who_uid, why)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, network) DO UPDATE SET"
                         " until_us = excluded.until_us, at_us = excluded.at_us, who = excluded.who,"
                         " who_uid = excluded.who_uid, why = excluded.why"));
    ExemptionWriter out(audit, now,
                        {std::move(count_one), std::move(first), std::move(remove), std::move(put)});
    for (const ExemptionKind kind : {ExemptionKind::allowed, ExemptionKind::left_alone}) {
      TRY(out.in_force(kind), number(count, {exemption_kind_name(kind), now}));
    }
    return out;
  }

  Status put(const ExemptionEntry& entry) {
    const std::string network = entry.network.to_text();
    TRY(const std::int64_t before,
        number(statements_.count_one, {exemption_kind_name(entry.kind), now_, network}));
    if (before == 0) TRY_OK(make_room(entry));
    const LedgerValue user = entry.who_uid ? LedgerValue(*entry.who_uid) : LedgerValue(std::nullopt);
    TRY_OK(statements_.put.run(
        {network, exemption_kind_name(entry.kind), entry.until, entry.at, entry.who, user, entry.why}));
    const std::string until = "until " + format_time(entry.until);
    return audit_.append({.at = entry.at,
                          .who = entry.who,
                          .who_uid = entry.who_uid,
                          .what = std::string(exemption_kind_name(entry.kind)),
                          .subject = network,
                          .incident_id = "",
                          .detail = entry.why.empty() ? until : until + ": " + entry.why});
  }

 private:
  struct Statements {
    LedgerStatement count_one;
    LedgerStatement first;
    LedgerStatement remove;
    LedgerStatement put;
  };
  ExemptionWriter(AuditLog& audit, Timestamp now, Statements statements)
      : audit_(audit), now_(now), statements_(std::move(statements)) {}

  static Result<std::int64_t> number(LedgerStatement& statement, LedgerValues values) {
    TRY_OK(statement.start(values));
    TRY(const bool has_row, statement.next());
    const std::int64_t out = has_row ? statement.number(0) : 0;
    statement.end();
    return out;
  }

  std::int64_t& in_force(ExemptionKind kind) {
    return kind == ExemptionKind::allowed ? allowed_ : left_alone_;
  }

  Status make_room(const ExemptionEntry& entry) {
    if (in_force(entry.kind) < static_cast<std::int64_t>(exemptions_max)) {
      ++in_force(entry.kind);
      return {};
    }
    if (entry.kind == ExemptionKind::allowed)
      return Error{ErrorCode::invalid, "there are " + std::to_string(allowed_) +
                                           " exemptions already: remove some with alarum allow remove"};
    TRY_OK(statements_.first.start({now_}));
    TRY(const bool has_row, statements_.first.next());
    const std::string network = has_row ? statements_.first.text(0) : "";
    statements_.first.end();
    TRY_OK(statements_.remove.run({network}));
    return audit_.append(by_itself(now_, "exemption_removed", network,
                                   "left_alone: it makes room for " + entry.network.to_text()));
  }

  AuditLog& audit_;
  Timestamp now_;
  Statements statements_;
  std::int64_t allowed_ = 0;     // in force
  std::int64_t left_alone_ = 0;  // in force
};

}  // namespace

std::string_view exemption_kind_name(ExemptionKind kind) {
  return kind == ExemptionKind::allowed ? "allowed" : "left_alone";
}

Result<Exemptions> read_exemptions(LedgerDatabase& database, Timestamp now) {
  TRY(LedgerStatement rows, database.prepare(in_force));
  TRY_OK(rows.start({now}));
  Exemptions out;
  for (;;) {
    TRY(const bool has_row, rows.next());
    if (!has_row) return out;
    const auto network = IpNetwork::parse(rows.text(1));
    if (!network)
      return Error{ErrorCode::invalid,
                   database.name() + " exempts '" + rows.text(1) + "', which is no network"};
    auto& list = kind_of(rows) == ExemptionKind::allowed ? out.allowed : out.left_alone;
    list.push_back({*network, Timestamp{rows.number(2)}});
  }
}

Result<LedgerList<ExemptionEntry>> list_exemptions(LedgerDatabase& database, Timestamp now, LedgerPage page) {
  return ledger_rows<ExemptionEntry>(
      database, in_force, {now}, page,
      [](const LedgerStatement& row) {
        return ExemptionEntry{IpNetwork::parse(row.text(1)).value_or(IpNetwork()),
                              kind_of(row),
                              Timestamp{row.number(2)},
                              Timestamp{row.number(3)},
                              row.text(4),
                              row.number_or_nothing(5),
                              row.text(6)};
      },
      [](const ExemptionEntry& one) {
        return json_bytes({one.why, one.who});
      });
}

Status put_exemptions(LedgerDatabase& database, AuditLog& audit, const std::vector<ExemptionEntry>& entries) {
  if (entries.empty()) return {};
  TRY_OK(forget_old(database, audit, entries.front().at));
  TRY(ExemptionWriter writer, ExemptionWriter::prepare(database, audit, entries.front().at));
  for (const ExemptionEntry& entry : entries) TRY_OK(writer.put(entry));
  return {};
}

Status remove_exemptions(LedgerDatabase& database, AuditLog& audit, const IpNetwork& network,
                         const AuditEntry& by) {
  AuditEntry entry = by;
  entry.subject = network.to_text();
  TRY(LedgerStatement found, database.prepare("SELECT kind FROM exemptions WHERE network = ? ORDER BY kind"));
  TRY_OK(found.start({entry.subject}));
  std::string kinds;
  for (;;) {
    TRY(const bool has_row, found.next());
    if (!has_row) break;
    kinds += (kinds.empty() ? "" : ", ") + found.text(0);
  }
  if (kinds.empty())
    return Error{ErrorCode::not_found, "nobody has allowed or unblocked exactly " + entry.subject +
                                           ": alarum allow list shows whom"};
  TRY(LedgerStatement remove, database.prepare("DELETE FROM exemptions WHERE network = ?"));
  TRY_OK(remove.run({entry.subject}));
  entry.what = "exemption_removed";
  entry.detail = by.detail.empty() ? kinds : kinds + ": " + by.detail;
  return audit.append(entry);
}

}  // namespace alarum

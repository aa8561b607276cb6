#include "daemon/respond/audit_log.h"

#include "daemon/base/digest.h"

#include <limits>
#include <utility>

namespace alarum {
namespace {

constexpr std::size_t hash_digits = 64;

constexpr std::string_view last_entry =
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0),"
    " coalesce((SELECT hash FROM audit ORDER BY audit_number DESC LIMIT 1), '')";

void add_field(std::string& bytes, std::string_view field) {
  for (std::uint64_t size = field.size(), i = 0; i < 8; ++i, size >>= 8U)
    bytes += static_cast<char>(size & 0xFFU);
  bytes += field;
}

AuditEntry entry_of(const LedgerStatement& row) {
  return {.at = Timestamp{row.number(1)},
          .who = row.text(2),
          .who_uid = row.number_or_nothing(3),
          .what = row.text(4),
          .subject = row.text(5),
          .incident_id = row.text(6),
          .detail = row.text(7)};
}

/// What is wrong with the entry of this row, which should be the next one; empty where it fits.
std::string objection(const LedgerStatement& row, const AuditVerdict& so_far, const std::string& hash) {
  const std::int64_t expected = so_far.entries + 1;
  if (row.number(0) != expected)
    return "entry " + std::to_string(expected) + " is missing, the next one there is " +
           std::to_string(row.number(0));
  if (hash != row.text(8))
    return "its hash is not that of what stands in it behind the entry before: one of them was changed, or "
           "entries were removed, added or put into another order";
  return "";
}

/// Of the entries there are `count`; the table knows how many there ever were.
Status look_at_end(LedgerDatabase& database, AuditVerdict& verdict) {
  TRY(const std::int64_t written,
      database.number("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)"));
  // One that was appended since the last row was read is no matter: it is there.
  TRY(const std::int64_t last, database.number("SELECT coalesce(max(audit_number), 0) FROM audit"));
  if (last >= written) return {};
  verdict.broken = AuditBreak{last + 1, "the table had " + std::to_string(written) + " entries, and has " +
                                            std::to_string(last) + ": the last ones were removed"};
  return {};
}

}  // namespace

std::string audit_beginning() { return std::string(hash_digits, '0'); }

std::string audit_hash(const std::string& previous, std::int64_t number, const AuditEntry& entry) {
  std::string bytes;
  add_field(bytes, previous);
  add_field(bytes, std::to_string(number));
  add_field(bytes, std::to_string(entry.at.microseconds));
  add_field(bytes, entry.who);
  add_field(bytes, entry.who_uid ? std::to_string(*entry.who_uid) : "");
  add_field(bytes, entry.what);
  add_field(bytes, entry.subject);
  add_field(bytes, entry.incident_id);
  add_field(bytes, entry.detail);
  return sha256_hex(bytes);
}

Result<AuditLog> AuditLog::prepare(LedgerDatabase& database) {
  TRY(LedgerStatement last, database.prepare(last_entry));
  TRY(LedgerStatement insert,
      database.prepare("INSERT INTO audit (audit_number, at_us, who, who_uid, what, subject, incident_id,"
                       " detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return AuditLog(std::move(last), std::move(insert));
}

Status AuditLog::append(const AuditEntry& entry) {
  TRY_OK(last_.start({}));
  TRY(const bool has_row, last_.next());
  // Behind what was ever there: who removes the last entries leaves a gap.
  const std::int64_t number = has_row ? last_.number(0) + 1 : 1;
  std::string previous = has_row ? last_.text(1) : "";
  last_.end();
  if (previous.empty()) previous = audit_beginning();
  const std::string hash = audit_hash(previous, number, entry);
  const LedgerValue user = entry.who_uid ? LedgerValue(*entry.who_uid) : LedgerValue(std::nullopt);
  return insert_.run(
      {number, entry.at, entry.who, user, entry.what, entry.subject, entry.incident_id, entry.detail, hash});
}

Result<AuditVerdict> verify_audit(LedgerDatabase& database, AuditVerdict so_far,
                                  const std::string& noted_head, std::size_t entries_max) {
  TRY(LedgerStatement rows,
      database.prepare("SELECT audit_number, at_us, who, who_uid, what, subject, incident_id, detail, hash"
                       " FROM audit WHERE audit_number > ? ORDER BY audit_number"));
  // The first look sees what somebody put in front of the first entry, too.
  constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::min();
  TRY_OK(rows.start({so_far.entries == 0 ? everything : so_far.entries}));
  so_far.has_noted_head = so_far.has_noted_head || noted_head == so_far.head;
  for (std::size_t seen = 0; seen < entries_max; ++seen) {
    TRY(const bool has_row, rows.next());
    if (!has_row) {
      so_far.is_end = true;
      TRY_OK(look_at_end(database, so_far));
      return so_far;
    }
    const std::int64_t number = rows.number(0);
    const std::string hash = audit_hash(so_far.head, number, entry_of(rows));
    if (std::string why = objection(rows, so_far, hash); !why.empty()) {
      so_far.broken = AuditBreak{number, std::move(why)};
      return so_far;
    }
    so_far.entries = number;
    so_far.head = hash;
    so_far.has_noted_head = so_far.has_noted_head || noted_head == hash;
  }
  return so_far;
}

}  // namespace alarum

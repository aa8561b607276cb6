#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/respond/ledger_database.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// Who did what, as a chain: each entry has a hash over itself and over the entry before it, so that nobody
/// changes, removes or slips in one without changing the hash of every later one.
namespace alarum {

/// One thing that was done.
struct AuditEntry {
  Timestamp at;
  std::string who;                      ///< the name of a user, or `alarumd`
  std::optional<std::int64_t> who_uid;  ///< nothing: the daemon by itself
  std::string what;                     ///< one word: `block_ordered`
  std::string subject;                  ///< what it was done to: the id of an action, a network
  std::string incident_id;              ///< empty: none
  std::string detail;                   ///< for people
};

/// What stands before the first entry: 64 zeros.
std::string audit_beginning();

/// The hash of entry `number`: SHA-256, as 64 hex digits, over these fields, each preceded by its length in
/// bytes as eight bytes, little end first: the hash of the entry before, `number`, `at` in microseconds since
/// 1970, `who`, `who_uid`, `what`, `subject`, `incident_id`, `detail`. Numbers are in decimal; no user is
/// empty.
std::string audit_hash(const std::string& previous, std::int64_t number, const AuditEntry& entry);

/// Appends to the log. One thread; lives no longer than its connection.
class AuditLog {
 public:
  /// For entries that go over this connection.
  static Result<AuditLog> prepare(LedgerDatabase& database);

  /// Appends one entry. Only inside a transaction that writes: then nobody else can append between the look
  /// at the last entry and the new one. That look costs a few microseconds, so nothing is remembered that
  /// another connection could make wrong.
  Status append(const AuditEntry& entry);

 private:
  AuditLog(LedgerStatement last, LedgerStatement insert)
      : last_(std::move(last)), insert_(std::move(insert)) {}

  LedgerStatement last_;
  LedgerStatement insert_;
};

/// Where a log was found not to be what was written.
struct AuditBreak {
  std::int64_t number = 0;  ///< the first entry that does not fit
  std::string why;          ///< for people
};

/// How far a log was looked at, and what was found. Made without anything it stands before the first entry.
struct AuditVerdict {
  std::int64_t entries = 0;              ///< that fit; the number of the last of them, too
  std::string head = audit_beginning();  ///< the hash of the last one that fits
  bool is_end = false;                   ///< there is nothing behind it
  bool has_noted_head = false;           ///< a head that somebody noted is the hash of one of them
  std::optional<AuditBreak> broken;      ///< looking ends there
};

/// Looks at up to `entries_max` entries behind those that `so_far` has seen. A changed byte of any column, a
/// missing or added entry and another order do not fit. Entries that are missing at the end are noticed by
/// the table's own count of what was ever in it, which whoever writes the file can change, too: only a head
/// that was noted elsewhere (`noted_head`, may be empty) proves that what there was then is still there.
Result<AuditVerdict> verify_audit(LedgerDatabase& database, AuditVerdict so_far,
                                  const std::string& noted_head, std::size_t entries_max);

}  // namespace alarum

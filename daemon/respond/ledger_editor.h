#pragma once

#include "daemon/base/clock.h"
#include "daemon/base/result.h"
#include "daemon/respond/ledger_damage.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_reader.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace alarum {

/// What somebody wants to change about an incident.
struct IncidentEdit {
  enum class Kind { acknowledge, contain, assign, note, close };

  Kind kind = Kind::acknowledge;  ///< what to do
  std::string incident;           ///< its id, or the beginning of it
  std::int64_t revision = 0;      ///< that whoever asks has seen; a note needs none
  std::string who;                ///< the name of the user, as it was then
  std::int64_t who_uid = 0;       ///< the same as a number
  std::string why;                ///< has to be there for `close`
  std::string value;              ///< whom to assign it to (empty: nobody), the verdict, the text of a note
  std::string note_kind;          ///< one of `note_kinds`
};

/// What became of an edit.
struct EditOutcome {
  bool is_stale = false;     ///< the incident is not any more what was seen: nothing has changed
  IncidentSummary incident;  ///< as it is now
};

/// What texts of people may be at most, in bytes.
inline constexpr std::size_t assignee_bytes_max = 256;
inline constexpr std::size_t why_bytes_max = 4096;
inline constexpr std::size_t note_bytes_max = 32768;

/// Changes incidents for people: each edit is one transaction with its lines in the journal. Whoever changes
/// the state of an incident that nobody has acknowledged, as it may be though the daemon has contained it,
/// acknowledges it thereby. One thread.
class LedgerEditor {
 public:
  /// The ledger at `path` is there and in our version. `clock` and `damage` outlive this.
  static Result<std::unique_ptr<LedgerEditor>> open(const std::string& path, Clock& clock,
                                                    LedgerDamage& damage);

  /// Makes the edit, unless the incident has changed since it was seen. The error says why nothing has
  /// changed: `not_found`, `invalid`, `limit` where the ledger is busy, `io` where it cannot be written, and
  /// `unsupported` where it is damaged.
  Result<EditOutcome> apply(const IncidentEdit& edit);

 private:
  LedgerEditor(std::unique_ptr<LedgerDatabase> database, Clock& clock, LedgerDamage& damage)
      : database_(std::move(database)), clock_(clock), damage_(damage) {}

  Result<EditOutcome> make(const IncidentEdit& edit);
  Result<bool> is_acknowledged(const std::string& incident_id);
  Status write(const IncidentSummary& before, const IncidentSummary& after, bool was_acknowledged,
               const IncidentEdit& edit);
  Status write_note(const IncidentSummary& incident, const IncidentEdit& edit);

  std::unique_ptr<LedgerDatabase> database_;
  Clock& clock_;
  LedgerDamage& damage_;
};

}  // namespace alarum

#pragma once

#include "daemon/base/time.h"
#include "daemon/stream/partition.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What one commit holds: how far each partition is, what became of its records, and what has to be told. It
/// is written as a whole or not at all; what is in no commit has not happened.
namespace alarum {

/// Records that were there and will never be read.
struct Gap {
  enum class Reason : std::uint8_t {
    retention,  ///< the broker deleted them before we came
    recreated,  ///< the topic was deleted and made anew; what it held before is gone
  };
  Reason reason = Reason::retention;
  std::int64_t from = 0;  ///< the first offset that is missing
  std::int64_t to =
      0;  ///< the first that is not; for a recreated topic as far as we know, the same as `from`
};

/// The reason as the word that stands in logs and metrics.
std::string_view gap_reason_name(Gap::Reason reason);

/// How far one partition is.
struct PartitionProgress {
  std::int64_t next_offset = 0;  ///< of the first record that is not accounted for
  /// The last record that was read, to tell a recreated topic from the one that we know. -1 before the first.
  std::int64_t last_offset = -1;
  std::optional<Timestamp> last_timestamp;  ///< its record's time
  std::optional<Timestamp> event_time_max;  ///< of all its events, clamped; the watermark follows it
  friend bool operator==(const PartitionProgress&, const PartitionProgress&) = default;
};

/// What became of the records of one source, since its state began.
struct OutcomeTotals {
  std::uint64_t evaluated = 0;
  std::uint64_t dead_letters = 0;  ///< with `evaluated`, every record that was ever accounted for
  std::uint64_t events = 0;
  std::uint64_t late_events = 0;
  std::uint64_t skewed_events = 0;  ///< with a time later than could be; clamped
  std::uint64_t gaps = 0;
  std::uint64_t gap_records = 0;

  OutcomeTotals& operator+=(const OutcomeTotals& more);
  friend bool operator==(const OutcomeTotals&, const OutcomeTotals&) = default;
};

/// What is to be told, and to whom.
enum class OutboxKind : std::uint8_t {
  alert = 1,        ///< a line of schema `alarum.alert/1`, to every sink of alerts
  dead_letter = 2,  ///< a line of schema `alarum.dead_letter/1`, to the sink of dead letters
};

/// One thing that a commit wants to be told. It is told after the commit and until every sink has taken it:
/// at least once, with the same bytes each time.
struct OutboxEntry {
  std::uint64_t sequence = 0;  ///< its place in the outbox, from 1, without holes
  OutboxKind kind = OutboxKind::alert;
  std::string key;      ///< the alert's id; of a dead letter its coordinates
  std::string payload;  ///< one JSON object
};

/// Coordinates by which a record is known to kill whoever evaluates it.
struct PoisonRecord {
  PartitionId partition;
  std::int64_t offset = 0;
  friend auto operator<=>(const PoisonRecord&, const PoisonRecord&) = default;
};

/// One commit: everything in it becomes true together. Values are absolute, so that writing it twice is the
/// same as once.
struct CommitBatch {
  std::string plan_hash;
  std::map<PartitionId, PartitionProgress> partitions;  ///< those that changed
  std::map<std::string, OutcomeTotals> totals;          ///< by source, those that changed
  std::vector<OutboxEntry> entries;                     ///< in order, following the last commit's
  /// By sink: everything up to this sequence has arrived there. Entries below all of them are deleted.
  std::map<std::string, std::uint64_t> delivered;
  std::uint64_t delivered_by_all = 0;
  std::uint64_t last_sequence = 0;  ///< of the newest entry, of this commit or an earlier one
};

/// Everything that commits have made true so far.
struct CommittedState {
  std::string plan_hash;  ///< empty for a new state
  std::map<PartitionId, PartitionProgress> partitions;
  std::map<std::string, OutcomeTotals> totals;
  std::map<std::string, std::uint64_t> delivered;
  std::uint64_t last_sequence = 0;     ///< of the newest outbox entry there ever was
  std::uint64_t delivered_by_all = 0;  ///< entries up to here are gone
};

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/event/record.h"
#include "daemon/stream/commit.h"
#include "daemon/stream/partition.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// How the pipeline sees where records come from: a source has partitions; each worker polls its share of
/// them through an intake. Kafka implements it, and so does the simulation.
///
/// The life of a partition: `discover` finds it and says where to begin; the start is committed; the worker
/// that owns it is told; `begin` is called, and its records come out of that worker's intake. Trouble ends it
/// with a notice that travels behind its last record; once that is committed, `discover` says where to begin
/// anew.
namespace alarum {

/// What happened in a partition besides records. Comes behind every record that was given before.
struct PartitionNotice {
  enum class Kind : std::uint8_t {
    end_reached,   ///< everything below `offset` has been given, and there is no more right now
    out_of_range,  ///< the broker does not have `offset`: retention overtook us, or the topic is another one
    recreated,     ///< the topic is not the one that we read before, though it has the same name
    failed,        ///< cannot be read for another reason; `detail` says which
  };
  Kind kind = Kind::end_reached;
  PartitionId partition;
  std::int64_t offset = 0;
  std::string detail;
};

/// What one poll gave. Records are views that live until the next poll; in each partition they are in the
/// order of offsets. Notices come after them.
struct IntakeBatch {
  std::vector<Record> records;
  std::vector<PartitionNotice> notices;

  /// Empties it; what it has allocated stays.
  void clear() {
    records.clear();
    notices.clear();
  }
};

/// The share of one source that one worker polls. That worker's thread.
class Intake {
 public:
  virtual ~Intake() = default;

  /// Waits at most `wait` for records, and gives at most about `records_max`. `out` is cleared first. After a
  /// notice other than `end_reached` nothing of that partition comes until it is begun anew, and then nothing
  /// of the time before.
  virtual void poll(Duration wait, std::size_t records_max, IntakeBatch& out) = 0;

  /// Paused, it fetches nothing more and gives no records; it may still be polled, and keeps its connections.
  virtual void set_paused(bool paused) = 0;
};

/// Where to begin reading a partition, and what was lost before.
struct PartitionStart {
  PartitionId partition;
  std::int64_t offset = 0;
  std::optional<Gap> gap;
};

/// How far behind a source is.
struct PartitionLag {
  PartitionId partition;
  std::int64_t records = 0;  ///< between our position and the end
};

/// Whether a source can do its work, for `/readyz`, `alarum status` and metrics.
struct SourceHealth {
  bool connected = false;  ///< a broker answered, and none of the recent errors says otherwise
  std::string trouble;     ///< what is wrong, for people; empty when nothing is
  std::vector<PartitionLag> lags;
  Timestamp as_of{};  ///< when its loop asked; a source that hangs does not get that far
};

/// The committed progress of a source's partitions.
using Positions = std::map<PartitionId, PartitionProgress>;

/// A source of records. Except for `intake`, one thread: the source's own control loop, where it may wait for
/// brokers.
class Source {
 public:
  virtual ~Source() = default;

  /// As it is configured; stands in coordinates.
  virtual const std::string& name() const = 0;

  /// The share of worker `worker`, from 0; lives as long as the source.
  virtual Intake& intake(std::size_t worker) = 0;

  /// Finds partitions that are not begun, and where to begin them: at their committed position, else where
  /// the configuration says for a source that is new, else (partitions found later) at 0. `ended` are the
  /// notices that were committed since the last call, in order; those partitions begin anew where that is
  /// possible now, and are asked about again in the next call where it is not. May wait for a broker, for a
  /// second or two; returns what it knows.
  virtual std::vector<PartitionStart> discover(const Positions& committed,
                                               const std::vector<PartitionNotice>& ended) = 0;

  /// Begins to read; records go to the intake of `worker`. Called after the start is committed and the worker
  /// knows of it.
  virtual Status begin(const PartitionStart& start, std::size_t worker) = 0;

  /// Tells the outside world how far we are; nothing of ours depends on it.
  virtual void publish_positions(const Positions& committed) = 0;

  /// As of the last call of any of the others. `committed` are the positions to measure lag from.
  virtual SourceHealth health(const Positions& committed) = 0;
};

}  // namespace alarum

#pragma once

#include "daemon/alert/alert.h"
#include "daemon/event/event_decoder.h"
#include "daemon/pipeline/plan.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace alarum {

/// A record that is no event, and why. It is reported with its place, and nothing stops.
struct DeadLetter {
  Coordinates coordinates;  ///< views of the batch
  UndecodableReason reason = UndecodableReason::malformed;
  std::size_t bytes = 0;  ///< the record's size
};

/// What became of a batch. Every record is evaluated or a dead letter.
struct LaneOutput {
  std::vector<Alert> alerts;           ///< in the order of the records, then of the rules
  std::vector<std::uint32_t> matches;  ///< the rule of every match, those in stage shadow too
  std::vector<DeadLetter> dead_letters;
  std::uint64_t records = 0;
  std::uint64_t events = 0;
  std::uint64_t events_with_invalid_value = 0;   ///< a value was left out
  std::uint64_t events_with_duplicate_name = 0;  ///< a name came twice; the first counts
  std::uint64_t events_without_time = 0;

  void clear();
};

/// One input partition: decodes and detects. A pure function of the plan and the records; all that it
/// remembers from batch to batch is the time of the last event, for files whose records have none. One worker
/// thread.
class Lane {
 public:
  explicit Lane(std::shared_ptr<const Plan> plan);

  const Plan& plan() const { return *plan_; }

  /// Evaluates the records in order. `output` is cleared first; its dead letters refer to the records'
  /// coordinates.
  void evaluate(std::span<const Record> records, LaneOutput& output);

 private:
  void evaluate(Event& event, LaneOutput& output);

  std::shared_ptr<const Plan> plan_;
  EventDecoder decoder_;
  std::optional<Timestamp> last_time_;
  std::vector<std::uint32_t> fired_;
};

}  // namespace alarum

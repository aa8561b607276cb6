#pragma once

#include "daemon/alert/alert.h"
#include "daemon/base/distinct_sketch.h"
#include "daemon/event/event_decoder.h"
#include "daemon/pipeline/in_hand.h"
#include "daemon/pipeline/plan.h"
#include "daemon/pipeline/rule_timer.h"
#include "daemon/stream/watch_list.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace alarum {

/// A record that is no event, and why. It is reported with its place, and nothing stops.
struct DeadLetter {
  Coordinates coordinates;  ///< views of the batch
  UndecodableReason reason = UndecodableReason::malformed;
  std::string_view bytes;  ///< the record's, or their beginning where the source cut it; a view of the batch
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
  std::uint64_t events_without_rule = 0;  ///< of a class that no rule's log source takes
  std::uint64_t late_events = 0;          ///< older than the watermark before them; evaluated all the same
  std::uint64_t skewed_events = 0;        ///< with a time later than could be; it does not move the watermark
  DistinctSketch client_addresses;        ///< that events named; no part of what was found
  WatchCounter watched;                   ///< clients that are on the watch list; no part of it either

  /// Empties it; what it has allocated stays.
  void clear();
};

/// What time an event gets that says none and whose record has none.
enum class UntimedEvents {
  take_time_before,  ///< that of the event before, as the lines of a file follow one another
  stay_untimed,  ///< none: a lane of Kafka may begin anywhere, and must say the same as one from the start
};

/// One input partition: decodes and detects. A pure function of the plan and the records; all that it
/// remembers from batch to batch is the time of the last event, for files whose records have none. One worker
/// thread.
class Lane {
 public:
  /// A lane of `source`, which is one of the plan's.
  Lane(std::shared_ptr<const Plan> plan, const SourcePlan& source, UntimedEvents untimed);
  /// A file of a plan that has one source.
  explicit Lane(const std::shared_ptr<const Plan>& plan);

  /// Goes on where a lane of this partition was: `event_time_max` is the latest time of its events, as
  /// `event_time_max()` of that lane said.
  void resume(std::optional<Timestamp> event_time_max) { event_time_max_ = event_time_max; }
  /// The latest time of the events so far. The watermark is the source's lateness behind it.
  std::optional<Timestamp> event_time_max() const { return event_time_max_; }

  /// From now on `slot` says which record is in hand: a crash handler wants to know.
  void show_in_hand(InHand* slot) { in_hand_ = slot; }

  /// From now on `timer` samples what rules cost. It outlives the lane.
  void time_rules(RuleTimer* timer) { rule_timer_ = timer; }

  /// From now on clients are looked for in `list`, which outlives the next `evaluate`; null: in none. The
  /// records were read at `read_at`: none of their events counts as later.
  void watch(const WatchList* list, Timestamp read_at);

  /// Evaluates the records in order. `output` is cleared first; its dead letters refer to the records.
  void evaluate(std::span<const Record> records, LaneOutput& output);

 private:
  void evaluate(const Record& record, LaneOutput& output);
  void evaluate(const Record& record, Event& event, LaneOutput& output);
  void ask_rules(Event& event);
  void note_clients(const Record& record, Event& event, LaneOutput& output);
  void note_watched(const Record& record, const Event& event, const IpAddress& address, LaneOutput& output);
  void follow_time(const Record& record, const Event& event, LaneOutput& output);

  std::shared_ptr<const Plan> plan_;
  const SourcePlan* source_;
  UntimedEvents untimed_;
  EventDecoder decoder_;
  std::optional<Timestamp> last_time_;
  std::optional<Timestamp> event_time_max_;
  InHand* in_hand_ = nullptr;
  RuleTimer* rule_timer_ = nullptr;
  const WatchList* watch_list_ = nullptr;  // null where there is nothing to look for
  Timestamp read_at_;
  std::vector<std::uint32_t> fired_;
};

}  // namespace alarum

#include "daemon/pipeline/lane.h"

#include "daemon/base/address_hash.h"
#include "daemon/base/fault.h"

#include <algorithm>

namespace alarum {

void LaneOutput::clear() {
  alerts.clear();
  matches.clear();
  dead_letters.clear();
  records = events = events_with_invalid_value = events_with_duplicate_name = events_without_time =
      events_without_rule = late_events = skewed_events = 0;
  client_addresses.clear();
  watched.clear();
}

Lane::Lane(std::shared_ptr<const Plan> plan, const SourcePlan& source, UntimedEvents untimed)
    : plan_(std::move(plan)),
      source_(&source),
      untimed_(untimed),
      decoder_(source_->format(), plan_->limits()) {}

Lane::Lane(const std::shared_ptr<const Plan>& plan)
    : Lane(plan, plan->source(), UntimedEvents::take_time_before) {}

void Lane::watch(const WatchList* list, Timestamp read_at) {
  watch_list_ = list != nullptr && !list->is_empty() ? list : nullptr;
  read_at_ = read_at;
}

void Lane::evaluate(std::span<const Record> records, LaneOutput& output) {
  output.clear();
  if (watch_list_ != nullptr) output.watched.start(*watch_list_);
  output.records = records.size();
  for (const Record& record : records) {
    if (in_hand_ != nullptr) {
      in_hand_->record.store(&record, std::memory_order_relaxed);
      static_cast<void>(fault::point("record_in_hand"));  // where tests end the process
    }
    evaluate(record, output);
  }
  if (in_hand_ != nullptr) in_hand_->record.store(nullptr, std::memory_order_relaxed);
}

void Lane::evaluate(const Record& record, LaneOutput& output) {
  if (const auto reason = decoder_.decode(record, last_time_)) {
    output.dead_letters.push_back({record.coordinates, *reason, record.bytes});
  } else {
    evaluate(record, decoder_.event(), output);
  }
}

/// An event cannot move the watermark beyond the time at which its record was read or appended: a producer's
/// clock that is ahead must not make everybody else late.
void Lane::follow_time(const Record& record, const Event& event, LaneOutput& output) {
  if (!event.time()) return;
  Timestamp time = *event.time();
  if (event_time_max_ && time.microseconds < event_time_max_->microseconds - source_->lateness().count())
    ++output.late_events;
  if (record.latest_time && time > *record.latest_time) {
    ++output.skewed_events;
    time = *record.latest_time;
  }
  if (!event_time_max_ || time > *event_time_max_) event_time_max_ = time;
}

void Lane::note_clients(const Record& record, Event& event, LaneOutput& output) {
  for (const FieldId field : source_->client_fields(event.event_class())) {
    for (const FieldValue& value : event.values(field)) {
      const auto address = IpAddress::parse(value.text);
      if (!address) continue;
      output.client_addresses.add(hash_of(*address));
      if (watch_list_ != nullptr) note_watched(record, event, *address, output);
    }
  }
}

/// An event counts as no later than its record was written, appended or read: a clock that is ahead must not
/// make an event from before a block one from after it. An event without any time says nothing.
void Lane::note_watched(const Record& record, const Event& event, const IpAddress& address,
                        LaneOutput& output) {
  if (!event.time()) return;
  Timestamp time = std::min(*event.time(), read_at_);
  if (record.latest_time) time = std::min(time, *record.latest_time);
  if (record.coordinates.timestamp) time = std::min(time, *record.coordinates.timestamp);
  watch_list_->for_each(address, [&](std::size_t number) {
    const WatchEntry& entry = watch_list_->entries()[number];
    if (entry.from < time && time < entry.until) output.watched.note(number, time);
  });
}

void Lane::ask_rules(Event& event) {
  fired_.clear();
  if (rule_timer_ != nullptr && rule_timer_->is_due()) {
    source_->signatures().evaluate(event, fired_, *rule_timer_);
  } else {
    source_->signatures().evaluate(event, fired_);
  }
}

void Lane::evaluate(const Record& record, Event& event, LaneOutput& output) {
  ++output.events;
  output.events_with_invalid_value += event.document().has_invalid_value ? 1 : 0;
  output.events_with_duplicate_name += event.document().has_duplicate_name ? 1 : 0;
  output.events_without_time += event.time_basis() == TimeBasis::event ? 0 : 1;
  if (event.time() && untimed_ == UntimedEvents::take_time_before) last_time_ = event.time();

  follow_time(record, event, output);

  output.events_without_rule += source_->signatures().rule_count(event.event_class()) == 0 ? 1 : 0;
  note_clients(record, event, output);
  ask_rules(event);
  for (const std::uint32_t index : fired_) {
    const sigma::Rule& rule = plan_->rules()[index];
    output.matches.push_back(index);
    if (rule.extension.stage == sigma::Extension::Stage::shadow) continue;
    output.alerts.push_back(alert_from_event(rule, plan_->alert_template(index), plan_->fields(), event));
  }
}

}  // namespace alarum

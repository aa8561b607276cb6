#include "daemon/pipeline/lane.h"

namespace alarum {

void LaneOutput::clear() {
  alerts.clear();
  matches.clear();
  dead_letters.clear();
  records = events = events_with_invalid_value = events_with_duplicate_name = events_without_time = 0;
}

Lane::Lane(std::shared_ptr<const Plan> plan, const SourcePlan& source, UntimedEvents untimed)
    : plan_(std::move(plan)),
      source_(&source),
      untimed_(untimed),
      decoder_(source_->format(), plan_->limits()) {}

Lane::Lane(std::shared_ptr<const Plan> plan)
    : Lane(plan, plan->source(), UntimedEvents::take_time_before) {}

void Lane::evaluate(std::span<const Record> records, LaneOutput& output) {
  output.clear();
  output.records = records.size();
  for (const Record& record : records) {
    if (const auto reason = decoder_.decode(record, last_time_)) {
      output.dead_letters.push_back({record.coordinates, *reason, record.bytes});
    } else {
      evaluate(decoder_.event(), output);
    }
  }
}

void Lane::evaluate(Event& event, LaneOutput& output) {
  ++output.events;
  output.events_with_invalid_value += event.document().has_invalid_value ? 1 : 0;
  output.events_with_duplicate_name += event.document().has_duplicate_name ? 1 : 0;
  output.events_without_time += event.time_basis() == TimeBasis::event ? 0 : 1;
  if (event.time() && untimed_ == UntimedEvents::take_time_before) last_time_ = event.time();

  fired_.clear();
  source_->signatures().evaluate(event, fired_);
  for (const std::uint32_t index : fired_) {
    const sigma::Rule& rule = plan_->rules()[index];
    output.matches.push_back(index);
    if (rule.extension.stage == sigma::Extension::Stage::shadow) continue;
    output.alerts.push_back(alert_from_event(rule, plan_->alert_template(index), plan_->fields(), event));
  }
}

}  // namespace alarum

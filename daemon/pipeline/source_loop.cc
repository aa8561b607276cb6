#include "daemon/pipeline/source_loop.h"

#include "daemon/base/log.h"
#include "daemon/pipeline/committer.h"

namespace alarum {

void SourceLoop::step(Duration wait) {
  if (auto update = ports_.updates.pop_for(wait)) take(*std::move(update));
  if (!has_positions_) return;
  const bool is_time = is_due(discovered_at_, options_.discover_interval);
  // While starts are on their way to the state, the source would only find the same again.
  if (starting_.empty() && (is_time || !ended_.empty())) discover();
  if (is_due(health_at_, options_.health_interval)) {
    source_.publish_positions(committed_);
    SourceHealth health = source_.health(committed_);
    health.as_of = ports_.clock.wall();
    ports_.health.publish(std::make_shared<const SourceHealth>(std::move(health)));
  }
}

bool SourceLoop::is_due(Duration& last, Duration interval) {
  const Duration now = ports_.clock.steady();
  if (last >= Duration(0) && now < last + interval) return false;
  last = now;
  return true;
}

void SourceLoop::take(SourceUpdate update) {
  has_positions_ = true;
  for (auto& [id, progress] : update.committed) committed_[id] = progress;
  ended_.insert(ended_.end(), update.ended.begin(), update.ended.end());
  for (const PartitionStart& start : update.to_begin) {
    starting_.erase(start.partition);
    const std::size_t worker = Committer::owner_of(start.partition, workers_);
    if (const Status begun = source_.begin(start, worker); !begun) {
      log::error("cannot begin to read a partition", {{"source", source_.name()},
                                                      {"topic", start.partition.topic},
                                                      {"partition", std::to_string(start.partition.number)},
                                                      {"error", begun.error().message}});
    }
  }
}

void SourceLoop::discover() {
  NewStarts found{source_.discover(committed_, std::exchange(ended_, {}))};
  for (const PartitionStart& start : found.starts) starting_.insert(start.partition);
  if (!found.starts.empty()) ports_.committer.push(std::move(found));
}

}  // namespace alarum

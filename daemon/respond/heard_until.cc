#include "daemon/respond/heard_until.h"

#include <algorithm>

namespace alarum {
namespace {

/// What a source in trouble says of its ends may be old: they are told with what is read.
bool is_at_end(const PartitionId& id, const SourceHealth& health) {
  const auto lag = std::find_if(health.lags.begin(), health.lags.end(),
                                [&](const PartitionLag& one) { return one.partition == id; });
  return health.connected && health.trouble.empty() && lag != health.lags.end() && lag->records == 0;
}

/// The time of the last record. One from the future was written by a clock that says nothing about the
/// others.
std::optional<Timestamp> last_record(const PartitionProgress& progress, Timestamp now) {
  return progress.last_timestamp <= std::optional(now) ? progress.last_timestamp : std::nullopt;
}

}  // namespace

std::optional<Timestamp> heard_until(const Positions& committed, Timestamp committed_as_of,
                                     const SourceHealth& health, Duration lateness) {
  const bool is_older = health.as_of <= committed_as_of;
  std::optional<Timestamp> all_read;
  std::optional<Timestamp> latest_event;
  for (const auto& [id, progress] : committed) {
    const auto read = is_older && is_at_end(id, health) ? std::optional(health.as_of)
                                                        : last_record(progress, committed_as_of);
    if (!read) return std::nullopt;
    all_read = std::min(all_read.value_or(*read), *read);
    if (progress.event_time_max) latest_event = std::max(latest_event, progress.event_time_max);
  }
  if (!all_read || !latest_event) return std::nullopt;
  return std::min(*all_read, Timestamp{latest_event->microseconds - lateness.count()});
}

}  // namespace alarum

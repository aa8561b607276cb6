#include "daemon/kafka/kafka_start.h"

namespace alarum {

bool can_identify(const PartitionProgress& committed, const KafkaRange& range) {
  return committed.last_offset >= range.low && committed.last_offset < range.high &&
         committed.last_timestamp.has_value();
}

KafkaIdentity identify(const PartitionProgress& committed, std::optional<Timestamp> found) {
  if (!found || !committed.last_timestamp) return KafkaIdentity::unknown;
  return *found == *committed.last_timestamp ? KafkaIdentity::same : KafkaIdentity::other;
}

PartitionStart decide_start(const PartitionId& partition, const PartitionProgress& committed,
                            const KafkaRange& range, KafkaIdentity identity, bool was_deleted) {
  const std::int64_t next = committed.next_offset;
  const bool is_shorter = range.high < next;
  const bool is_other =
      identity == KafkaIdentity::other || (identity == KafkaIdentity::unknown && was_deleted);
  if (is_shorter || is_other) {
    return {partition, range.low, Gap{Gap::Reason::recreated, next, next}};
  }
  if (range.low > next) return {partition, range.low, Gap{Gap::Reason::retention, next, range.low}};
  return {partition, next, std::nullopt};
}

}  // namespace alarum

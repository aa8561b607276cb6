#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/kafka/kafka_client.h"
#include "daemon/kafka/kafka_position.h"
#include "daemon/stream/partition.h"

#include <cstdint>
#include <optional>
#include <vector>

/// Questions about partitions that a broker answers. Each waits at most as long as it is told; a consumer's
/// control thread.
namespace alarum {

/// What a partition has: from `low` to before `high`.
struct KafkaRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// What `partition` has now.
Result<KafkaRange> query_range(KafkaClient& client, const PartitionId& partition, Duration wait);

/// The offset of `position` in `partition`; `range` is what it has.
Result<std::int64_t> query_offset(KafkaClient& client, const PartitionId& partition, const KafkaRange& range,
                                  const KafkaPosition& position, Duration wait);

/// The time of the record at exactly `offset`; nothing when there is none (compacted, a transaction's marker)
/// or when it has no time. Nobody may be reading that partition through this client.
Result<std::optional<Timestamp>> query_record_time(KafkaClient& client, rd_kafka_topic_s* topic,
                                                   const PartitionId& partition, std::int64_t offset,
                                                   Duration wait);

/// What the cluster says of one topic of ours.
struct KafkaTopicState {
  std::string topic;
  bool exists = false;
  std::int32_t partitions = 0;
  std::string trouble;  ///< why nothing is known of it; empty when it exists or does not
};

/// The topics that `client` has opened.
Result<std::vector<KafkaTopicState>> query_topics(KafkaClient& client, Duration wait);

/// The time that a broker or a producer gives in milliseconds since 1970; nothing for one that no calendar
/// has, since a producer may claim any number.
std::optional<Timestamp> kafka_time(std::int64_t milliseconds);

/// The time that a message carries; nothing when it has none.
std::optional<Timestamp> kafka_message_time(const rd_kafka_message_s& message);

/// When the broker appended a message; nothing in a topic that has only the producers' word (CreateTime).
std::optional<Timestamp> kafka_append_time(const rd_kafka_message_s& message);

}  // namespace alarum

#include "daemon/kafka/kafka_offsets.h"

#include "daemon/base/calendar.h"

#include <algorithm>
#include <librdkafka/rdkafka.h>

namespace alarum {
namespace {

constexpr std::int64_t microseconds_per_millisecond = 1000;

Error failure(std::string_view what, const PartitionId& partition, rd_kafka_resp_err_t error) {
  return {ErrorCode::io, std::string(what) + " of " + partition.topic + "/" +
                             std::to_string(partition.number) + ": " + rd_kafka_err2str(error)};
}

/// Reading one partition into a queue of its own, until it goes out of scope.
class Probe {
 public:
  Probe(rd_kafka_t* client, rd_kafka_topic_t* topic, std::int32_t partition, std::int64_t offset)
      : topic_(topic), partition_(partition), queue_(rd_kafka_queue_new(client)) {
    started_ = rd_kafka_consume_start_queue(topic, partition, offset, queue_.get()) == 0;
  }
  ~Probe() {
    if (started_) rd_kafka_consume_stop(topic_, partition_);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  KafkaMessage next(Duration wait) {
    return KafkaMessage(started_ ? rd_kafka_consume_queue(queue_.get(), kafka_milliseconds(wait)) : nullptr);
  }

 private:
  rd_kafka_topic_t* topic_;
  std::int32_t partition_;
  KafkaQueueHandle queue_;
  bool started_ = false;
};

/// The offset that the partition's broker has for `time`, milliseconds since 1970 or the protocol's words for
/// the beginning and the end; -1 where every record is older.
///
/// Also the way to the beginning and the end: rd_kafka_query_watermark_offsets of librdkafka 2.0.2 does not
/// keep to its timeout, and waits for a broker that went away until it is back
/// (confluentinc/librdkafka#2588).
Result<std::int64_t> query_time(KafkaClient& client, const PartitionId& partition, std::int64_t time,
                                std::string_view what, Duration wait) {
  rd_kafka_topic_partition_list_t* const times = rd_kafka_topic_partition_list_new(1);
  auto* const entry = rd_kafka_topic_partition_list_add(times, partition.topic.c_str(), partition.number);
  entry->offset = time;
  auto error = rd_kafka_offsets_for_times(client.handle(), times, kafka_milliseconds(wait));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = entry->err;
  const std::int64_t offset = entry->offset;
  rd_kafka_topic_partition_list_destroy(times);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return failure(what, partition, error);
  return offset;
}

}  // namespace

Result<KafkaRange> query_range(KafkaClient& client, const PartitionId& partition, Duration wait) {
  KafkaRange out;
  TRY(out.low, query_time(client, partition, RD_KAFKA_OFFSET_BEGINNING, "the range", wait / 2));
  TRY(out.high, query_time(client, partition, RD_KAFKA_OFFSET_END, "the range", wait / 2));
  client.note_answer();
  return out;
}

Result<std::int64_t> query_offset(KafkaClient& client, const PartitionId& partition, const KafkaRange& range,
                                  const KafkaPosition& position, Duration wait) {
  if (position.kind == KafkaPosition::Kind::earliest) return range.low;
  if (position.kind == KafkaPosition::Kind::latest) return range.high;
  if (position.kind == KafkaPosition::Kind::offset) {
    return std::clamp(position.offset, range.low, range.high);
  }
  // Rounded up: brokers count milliseconds, and an older record is not wanted.
  const std::int64_t time =
      (position.time.microseconds + microseconds_per_millisecond - 1) / microseconds_per_millisecond;
  TRY(const std::int64_t offset, query_time(client, partition, time, "the offset of a time", wait));
  return offset < 0 ? range.high : offset;  // -1: every record is older
}

Result<std::optional<Timestamp>> query_record_time(KafkaClient& client, rd_kafka_topic_s* topic,
                                                   const PartitionId& partition, std::int64_t offset,
                                                   Duration wait) {
  Probe probe(client.handle(), topic, partition.number, offset);
  const KafkaMessage message = probe.next(wait);
  if (!message) return failure("a record", partition, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return std::optional<Timestamp>();
  if (message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) return std::optional<Timestamp>();
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) return failure("a record", partition, message->err);
  return message->offset == offset ? kafka_message_time(*message) : std::nullopt;
}

Result<std::vector<KafkaTopicState>> query_topics(KafkaClient& client, Duration wait) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client.handle(), 0, nullptr, &metadata, kafka_milliseconds(wait));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Error{ErrorCode::io,
                 std::string("no broker tells which partitions there are: ") + rd_kafka_err2str(error)};
  }
  client.note_answer();
  std::vector<KafkaTopicState> out;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic& topic = metadata->topics[i];
    KafkaTopicState state{topic.topic, topic.err == RD_KAFKA_RESP_ERR_NO_ERROR, topic.partition_cnt, {}};
    if (!state.exists && topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
      state.trouble = "topic '" + state.topic + "': " + rd_kafka_err2str(topic.err);
    }
    out.push_back(std::move(state));
  }
  rd_kafka_metadata_destroy(metadata);
  return out;
}

std::optional<Timestamp> kafka_time(std::int64_t milliseconds) {
  if (milliseconds < 0 || milliseconds > latest_time.microseconds / microseconds_per_millisecond)
    return std::nullopt;
  return Timestamp{milliseconds * microseconds_per_millisecond};
}

std::optional<Timestamp> kafka_message_time(const rd_kafka_message_s& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? std::nullopt : kafka_time(milliseconds);
}

std::optional<Timestamp> kafka_append_time(const rd_kafka_message_s& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  return type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? kafka_time(milliseconds) : std::nullopt;
}

}  // namespace alarum

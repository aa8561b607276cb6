#pragma once

#include <memory>

// librdkafka's types by name only; what they are only the source files of this folder know.
struct rd_kafka_s;
struct rd_kafka_topic_s;
struct rd_kafka_queue_s;
struct rd_kafka_message_s;

namespace alarum {

/// Ends what librdkafka made.
struct KafkaDeleter {
  void operator()(rd_kafka_s* handle) const;
  void operator()(rd_kafka_topic_s* topic) const;
  void operator()(rd_kafka_queue_s* queue) const;
  void operator()(rd_kafka_message_s* message) const;
};

/// Owners of handles. A client outlives everything that was made from it.
using KafkaHandle = std::unique_ptr<rd_kafka_s, KafkaDeleter>;
using KafkaTopicHandle = std::unique_ptr<rd_kafka_topic_s, KafkaDeleter>;
using KafkaQueueHandle = std::unique_ptr<rd_kafka_queue_s, KafkaDeleter>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_s, KafkaDeleter>;

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"
#include "daemon/kafka/kafka_client.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alarum::demo {

/// Writes records to the topics of `streams`, each to its only partition, as any shipper of logs does. One
/// thread.
class TopicWriter {
 public:
  /// Opens the producer; the broker is not waited for.
  static Result<std::unique_ptr<TopicWriter>> open(const std::string& brokers);

  /// Hands a record to the producer, which sends it soon.
  Status write(std::size_t stream, std::string_view record);

  /// Takes what the broker answered, waiting at most `wait`. The error says that a record will never arrive.
  Status serve(Duration wait);

 private:
  TopicWriter() = default;

  std::string trouble_;
  std::unique_ptr<KafkaClient> client_;
  std::vector<KafkaTopicHandle> topics_;  // by stream; they end before their client
};

}  // namespace alarum::demo

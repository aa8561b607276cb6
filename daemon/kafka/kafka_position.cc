#include "daemon/kafka/kafka_position.h"

#include <string>

namespace alarum {

Result<KafkaPosition> parse_kafka_position(std::string_view text) {
  if (text == "earliest") return KafkaPosition{KafkaPosition::Kind::earliest, {}};
  if (text == "latest") return KafkaPosition{KafkaPosition::Kind::latest, {}};
  if (const auto time = parse_time(text)) return KafkaPosition{KafkaPosition::Kind::time, *time};
  return Error{
      ErrorCode::invalid,
      "'" + std::string(text) + "' is neither earliest nor latest nor a time like 2026-01-02T03:04:05Z"};
}

}  // namespace alarum

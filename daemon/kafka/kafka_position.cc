#include "daemon/kafka/kafka_position.h"

#include <charconv>
#include <string>
#include <system_error>

namespace alarum {

Result<KafkaPosition> parse_kafka_position(std::string_view text) {
  if (text == "earliest") return KafkaPosition{KafkaPosition::Kind::earliest, {}, 0};
  if (text == "latest") return KafkaPosition{KafkaPosition::Kind::latest, {}, 0};
  if (const auto time = parse_time(text)) return KafkaPosition{KafkaPosition::Kind::time, *time, 0};
  return Error{
      ErrorCode::invalid,
      "'" + std::string(text) + "' is neither earliest nor latest nor a time like 2026-01-02T03:04:05Z"};
}

Result<KafkaPosition> parse_kafka_bound(std::string_view text) {
  std::int64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error == std::errc() && end == text.data() + text.size() && offset >= 0) {
    return KafkaPosition{KafkaPosition::Kind::offset, {}, offset};
  }
  return parse_kafka_position(text);
}

}  // namespace alarum

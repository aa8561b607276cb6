#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <string_view>

namespace alarum {

/// A place in a topic that is the same for all its partitions.
struct KafkaPosition {
  enum class Kind : std::uint8_t { earliest, latest, time, offset };
  Kind kind = Kind::earliest;
  Timestamp time;           ///< of `time`: the first record that is not older
  std::int64_t offset = 0;  ///< of `offset`
  friend bool operator==(const KafkaPosition&, const KafkaPosition&) = default;
};

/// Reads `earliest`, `latest` or a time in RFC 3339. The error quotes `text`.
Result<KafkaPosition> parse_kafka_position(std::string_view text);

/// The same, or an offset.
Result<KafkaPosition> parse_kafka_bound(std::string_view text);

}  // namespace alarum

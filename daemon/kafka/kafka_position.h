#pragma once

#include "daemon/base/result.h"
#include "daemon/base/time.h"

#include <cstdint>
#include <string_view>

namespace alarum {

/// A place in a topic that is the same for all its partitions.
struct KafkaPosition {
  enum class Kind : std::uint8_t { earliest, latest, time };
  Kind kind = Kind::earliest;
  Timestamp time;  ///< of `time`: the first record that is not older
  friend bool operator==(const KafkaPosition&, const KafkaPosition&) = default;
};

/// Reads `earliest`, `latest` or a time in RFC 3339. The error quotes `text`.
Result<KafkaPosition> parse_kafka_position(std::string_view text);

}  // namespace alarum

#pragma once

#include "daemon/base/result.h"
#include "daemon/kafka/kafka_client.h"

#include <string>
#include <string_view>

namespace alarum {

/// A topic as it is named on a command line:
/// `kafka://HOST:PORT[,HOST:PORT]/TOPIC[?name=NAME[&PROPERTY=VALUE]]`.
struct KafkaUrl {
  KafkaSettings connection;
  std::string topic;
  std::string name = "replay";  ///< of the source, part of every alert's id
};

/// Whether `text` means to be one.
bool is_kafka_url(std::string_view text);

/// Reads one. The error says what is missing.
Result<KafkaUrl> parse_kafka_url(std::string_view text);

}  // namespace alarum

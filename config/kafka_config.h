#pragma once

#include "config/diagnostic.h"
#include "config/secret.h"
#include "daemon/base/time.h"

#include <string>
#include <vector>

namespace alarum {

/// Where something is described, for what is found wrong with it later.
struct ConfigPlace {
  std::string file;
  Position position;
};

/// Where to begin in a partition of a source that is new to our state.
struct KafkaStart {
  enum class Kind { earliest, latest, time };
  Kind kind = Kind::earliest;
  Timestamp time;  ///< of kind time: the first record that is not before
};

/// `sources[].kafka`: topics to read.
struct KafkaConfig {
  std::vector<std::string> brokers;  ///< `host:port`, at least one
  std::vector<std::string> topics;
  Properties properties;  ///< of librdkafka, secrets included: not to be printed
  KafkaStart start;
};

/// A topic to write to.
struct KafkaTargetConfig {
  std::vector<std::string> brokers;  ///< `host:port`; none where only a Kafka source that is not there tells
  std::string topic;
  Properties properties;  ///< of librdkafka, secrets included: not to be printed
};

}  // namespace alarum

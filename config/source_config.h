#pragma once

#include "config/kafka_config.h"
#include "config/option.h"
#include "config/section_value.h"
#include "daemon/base/time.h"

#include <string>
#include <vector>

namespace alarum {

/// An entry of `sources`: records to read, and what they are.
struct SourceConfig {
  std::string name;
  KafkaConfig kafka;
  std::string format;      ///< `json`
  std::string log_source;  ///< a router, or `product=…,category=…,service=…`
  std::string group;       ///< Kafka's consumer group, for lag tools
  Duration lateness{};     ///< how much later than others an event may arrive and still be in time
  ConfigPlace place;
};

/// The keys of an entry of `sources`.
const Section& source_section();

/// What the settings of `sources` in `root` say.
std::vector<SourceConfig> source_configs(const SectionValue& root, const SecretFiles& secrets);

/// The descriptions of `properties` and `properties_files`, which stand wherever a Kafka client is
/// configured.
Option kafka_properties_option();
Option kafka_property_files_option();

}  // namespace alarum

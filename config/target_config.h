#pragma once

#include "config/kafka_config.h"
#include "config/option.h"
#include "config/section_value.h"
#include "config/source_config.h"

#include <span>
#include <string>
#include <vector>

/// Where what the pipeline says goes: responders take alerts, dead letters have a place of their own.
namespace alarum {

/// An entry of `responders`.
struct ResponderConfig {
  enum class Kind { kafka, file, standard_output };
  std::string name;
  Kind kind = Kind::kafka;
  KafkaTargetConfig kafka;  ///< of kind kafka
  std::string path;         ///< of kind file
  ConfigPlace place;
};

/// Section `dead_letter`.
struct DeadLetterConfig {
  enum class Kind { none, kafka, file };
  Kind kind = Kind::none;
  KafkaTargetConfig kafka;  ///< of kind kafka
  std::string path;         ///< of kind file
  ConfigPlace place;
};

/// The keys of an entry of `responders`.
const Section& responder_section();
/// The keys of `dead_letter`.
const Section& dead_letter_section();

/// What the settings of `responders` in `root` say. Brokers and properties that are not there are those of
/// the only Kafka source; where there are several, that is a problem.
std::vector<ResponderConfig> responder_configs(const SectionValue& root, const SecretFiles& secrets,
                                               std::span<const SourceConfig> sources);

/// The same for `dead_letter`.
DeadLetterConfig dead_letter_config(const SectionValue& root, const SecretFiles& secrets,
                                    std::span<const SourceConfig> sources);

}  // namespace alarum

#pragma once

#include "config/kafka_config.h"
#include "config/kind_options.h"
#include "config/option.h"
#include "config/responder_mode.h"
#include "config/section_value.h"
#include "config/source_config.h"

#include <span>
#include <string>
#include <vector>

/// Where what the pipeline says goes: responders take alerts, dead letters have a place of their own.
namespace alarum {

/// An entry of `responders`.
struct ResponderConfig {
  /// What takes every alert, and whatever is driven by incidents: that is one of the kinds handed in.
  enum class Kind { kafka, file, standard_output, driven };
  std::string name;
  Kind kind = Kind::kafka;
  std::string kind_name;                       ///< as it is written
  KafkaTargetConfig kafka;                     ///< of kind kafka
  std::string path;                            ///< of kind file
  ResponderMode mode = ResponderMode::shadow;  ///< of a driven one that acts
  std::string options;  ///< of a driven one: its keys as they are written, but for `mode`, to be compared
  std::string files_digest;  ///< of a driven one: of what stands in the files that it names, to be compared
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

/// What the key `kind` of an entry of `responders` does, with these kinds beside our own.
std::string responder_kinds_help(std::span<const KindOptions> kinds);
/// The keys of an entry of `responders`, with those of these kinds. `help` is the one of `kind`, and has to
/// outlive the section.
Section responder_section(std::span<const KindOptions> kinds, std::string_view help);
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

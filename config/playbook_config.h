#pragma once

#include "config/diagnostic.h"
#include "config/option.h"
#include "config/section_value.h"
#include "config/yaml_source.h"
#include "daemon/base/time.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Playbooks as they are written: what is done about an incident, and when. What a condition means, and
/// whether the responders are there, is looked at by daemon/respond/playbook_compiler.
namespace alarum {

/// Nothing is blocked for longer, whoever asks, and nothing waits longer to be done.
inline constexpr Duration action_duration_max = std::chrono::hours(24);

/// An entry of `playbooks[].do`: one thing to be done.
struct PlaybookStepConfig {
  std::string responder;             ///< its name
  std::string target;                ///< the type of the entities to act on, `source.ip`; empty: none
  std::optional<Duration> lasts;     ///< `for`: how long what is done lasts
  Duration after{};                  ///< how long after the detection it begins
  std::optional<Duration> deadline;  ///< how long after that it may still begin
  bool is_only_if_done = false;      ///< only once the step before is done
  Position position;                 ///< of the step as a whole
  Position responder_position;
  Position target_position;
  Position lasts_position;
  Position only_if_position;
};

/// An entry of `playbooks`.
struct PlaybookConfig {
  std::string name;
  std::shared_ptr<const YamlNode> when;    ///< a Sigma selection; null where it is missing or refused
  std::vector<PlaybookStepConfig> steps;   ///< in order
  std::shared_ptr<const SourceFile> file;  ///< that describes it, so that what is wrong has its line
  Position position;
};

/// The keys of an entry of `playbooks`.
const Section& playbook_section();
/// The description of `playbooks` itself.
Option playbooks_option();

/// What the settings of `playbooks` in `root` say, in order.
std::vector<PlaybookConfig> playbook_configs(const SectionValue& root);

}  // namespace alarum

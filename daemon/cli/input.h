#pragma once

#include "config/daemon_config.h"
#include "daemon/cli/command_line.h"
#include "daemon/event/json_decoder.h"
#include "daemon/sigma/rule_set.h"

#include <optional>
#include <string>
#include <vector>

/// What commands start from: the configuration and rules, loaded and complained about in one way.
namespace alarum::cli {

/// The configuration; nothing where it is broken, which is on stderr then. Only who connects somewhere reads
/// its secrets.
std::optional<DaemonConfig> read_config(const GlobalOptions& global, Secrets secrets = Secrets::leave);

/// The control socket of the configuration. A default one that is broken, or not for our eyes, is the
/// daemon's trouble: then the usual place. Nothing where one that was named is broken, which is on stderr
/// then.
std::optional<std::string> control_socket(const GlobalOptions& global);

/// The limits of records that the configuration sets.
JsonLimits json_limits(const DaemonConfig& config);

/// Rules, and the fields they name.
struct LoadedRules {
  sigma::RuleSet set;
  FieldTable fields;
};

/// Loads the rules at `paths`, or at those of the configuration where there are none. What is wrong with
/// single rules is in the set; nothing is returned where a path does not exist, which is on stderr then.
std::optional<LoadedRules> read_rules(const std::vector<std::string>& paths, const DaemonConfig& config);

}  // namespace alarum::cli

#pragma once

#include "config/address.h"
#include "config/diagnostic.h"
#include "config/option.h"
#include "config/source_config.h"
#include "config/target_config.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// The configuration of alarumd and of the tool: which options there are, and what they are set to.
namespace alarum {

/// Where the configuration is unless somebody says otherwise; it may be absent.
inline constexpr std::string_view default_config_path = "/etc/alarum/alarum.yaml";

/// Every option, as a tree, in the order of the documentation.
const Section& daemon_options();

/// Section `rules`: where rules are read from, and which of them are left out.
struct RulesConfig {
  std::vector<std::string> paths;
  std::vector<std::string> disable;
};

/// Section `records`: what a record may be at most.
struct RecordsConfig {
  std::size_t bytes_max = 0;
  std::size_t depth_max = 0;
  std::size_t values_max = 0;
};

/// Section `state`: what survives a crash, and how often it is written.
struct StateConfig {
  std::string path;
  Duration commit_interval{};
  std::size_t commit_records_max = 0;
  std::size_t outbox_max = 0;  ///< entries
};

/// Section `http`: metrics and health.
struct HttpConfig {
  Address listen;
};

/// Section `control`: the socket through which the tool asks the daemon.
struct ControlConfig {
  std::string socket;
};

/// The paths of `rules.paths` that are to be read: folders that packages and administrators fill may be
/// absent, those that somebody named may not.
std::vector<std::string> existing_rule_paths(const RulesConfig& rules);

/// All settings, checked and with their defaults filled in.
struct DaemonConfig {
  std::vector<SourceConfig> sources;
  RulesConfig rules;
  RecordsConfig records;
  std::vector<ResponderConfig> responders;
  DeadLetterConfig dead_letter;
  StateConfig state;
  HttpConfig http;
  ControlConfig control;
  std::size_t workers = 0;  ///< 0: one for each core
  std::string log_level;
};

/// What was configured, and what is wrong with it. With an error among the problems the configuration is not
/// to be used.
struct LoadedConfig {
  DaemonConfig config;
  std::vector<Diagnostic> problems;
  std::vector<std::string> files;  ///< that were read, in order
};

/// Reads the main file, then `conf.d/*.yaml` beside it in lexical order, then `environment` (`NAME=value`);
/// the later wins. An empty `path` means the default one, which may be absent; a named file has to be there.
/// With `Secrets::leave` the files of secrets are not read, and their properties are absent.
LoadedConfig load_config(const std::string& path, std::span<const std::string> environment,
                         Secrets secrets = Secrets::read);

}  // namespace alarum

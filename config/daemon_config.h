#pragma once

#include "config/diagnostic.h"
#include "config/option.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// The configuration of alarumd and of the tool: which options there are, and what they are set to.
namespace alarum {

/// Where the configuration is unless somebody says otherwise; it may be absent.
inline constexpr std::string_view default_config_path = "/etc/alarum/alarum.yaml";

/// Every option, in the order of the documentation.
std::span<const Option> daemon_options();

/// Section `rules`: where rules are read from, and which of them are left out.
struct RulesConfig {
  std::vector<std::string> paths;
  std::vector<std::string> disable;
};

/// Section `records`: what a record may be at most.
struct RecordsConfig {
  std::size_t bytes_max = 0;
  std::size_t depth_max = 0;
};

/// All settings, checked and with their defaults filled in.
struct DaemonConfig {
  RulesConfig rules;
  RecordsConfig records;
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
LoadedConfig load_config(const std::string& path, std::span<const std::string> environment);

}  // namespace alarum

#pragma once

#include "config/address.h"
#include "config/diagnostic.h"
#include "config/guard_rails_config.h"
#include "config/kind_options.h"
#include "config/option.h"
#include "config/playbook_config.h"
#include "config/secret.h"
#include "config/settings.h"
#include "config/source_config.h"
#include "config/target_config.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The configuration of alarumd and of the tool: which options there are, and what they are set to.
namespace alarum {

/// Where the configuration is unless somebody says otherwise; it may be absent.
inline constexpr std::string_view default_config_path = "/etc/alarum/alarum.yaml";

/// Every option, as a tree, in the order of the documentation. Settings refer to it and must not outlive it.
class DaemonOptions {
 public:
  /// With the options of these kinds of responders beside our own.
  explicit DaemonOptions(std::span<const KindOptions> kinds);
  DaemonOptions(const DaemonOptions&) = delete;
  DaemonOptions& operator=(const DaemonOptions&) = delete;

  /// The keys of a configuration.
  const Section& root() const { return root_; }

 private:
  std::string kinds_help_;
  Section responder_;
  Section root_;
};

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

/// Section `ledger`: incidents, their alerts and journal.
struct LedgerConfig {
  std::string path;
};

/// The ledger is a sink of this name; no responder may be called so.
inline constexpr std::string_view ledger_name = "ledger";

/// Section `incidents`: which alerts belong together.
struct IncidentsConfig {
  Duration within{};
  std::vector<std::string> entity_types;
  std::vector<std::string> shared_values;
};

/// Section `http`: metrics and health.
struct HttpConfig {
  Address listen;
};

/// Section `control`: the socket through which the tool asks the daemon.
struct ControlConfig {
  std::string socket;
  std::string analyst_group;  ///< empty: none
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
  LedgerConfig ledger;
  IncidentsConfig incidents;
  std::vector<PlaybookConfig> playbooks;
  GuardRailsConfig guard_rails;
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
  /// What is written, for those who make responders out of it: what they find goes to where it is written,
  /// and is among the problems of these settings then.
  std::shared_ptr<const Settings> settings;
  std::shared_ptr<const SecretFiles> secrets;
};

/// Reads the main file, then `conf.d/*.yaml` beside it in lexical order, then `environment` (`NAME=value`);
/// the later wins. An empty `path` means the default one, which may be absent; a named file has to be there.
/// With `Secrets::leave` the files of secrets are not read, and their properties are absent. `options` must
/// outlive what is loaded.
LoadedConfig load_config(const std::string& path, std::span<const std::string> environment,
                         const DaemonOptions& options, Secrets secrets = Secrets::read);

}  // namespace alarum

#include "daemon/cli/input.h"

#include "daemon/api/control_server.h"
#include "daemon/base/environment.h"
#include "daemon/base/log.h"
#include "daemon/cli/diagnostic_text.h"
#include "responders/responder_kinds.h"

#include <cstdio>

namespace alarum::cli {

std::optional<DaemonConfig> read_config(const GlobalOptions& global, Secrets secrets) {
  LoadedConfig loaded = load_config(global.config_path, environment_variables(), alarum_options(), secrets);
  std::fputs(problems_text(loaded.problems).c_str(), stderr);
  if (has_errors(loaded.problems)) return std::nullopt;
  log::set_level(global.quiet ? log::Level::error : log::level_named(loaded.config.log_level));
  for (const std::string& file : loaded.files) log::debug("configuration read", {{"file", file}});
  return std::move(loaded.config);
}

std::optional<std::string> control_socket(const GlobalOptions& global) {
  const LoadedConfig loaded =
      load_config(global.config_path, environment_variables(), alarum_options(), Secrets::leave);
  if (!has_errors(loaded.problems)) return loaded.config.control.socket;
  if (global.config_path.empty()) return default_control_socket;
  std::fputs(problems_text(loaded.problems).c_str(), stderr);
  return std::nullopt;
}

JsonLimits json_limits(const DaemonConfig& config) {
  return {.bytes_max = config.records.bytes_max,
          .depth_max = config.records.depth_max,
          .values_max = config.records.values_max};
}

std::optional<LoadedRules> read_rules(const std::vector<std::string>& paths, const DaemonConfig& config) {
  LoadedRules out;
  const auto& wanted = paths.empty() ? existing_rule_paths(config.rules) : paths;
  auto set = sigma::load_rules(wanted, config.rules.disable, out.fields);
  if (!set) {
    complain(set.error().message);
    return std::nullopt;
  }
  out.set = *std::move(set);
  if (paths.empty()) {  // of files that were named, most rules that the configuration disables are no part
    for (const std::string& id : out.set.unknown_disabled)
      log::warn("rules.disable names an id that no rule has", {{"id", id}});
  }
  log::debug("rules loaded", {{"rules", std::to_string(out.set.rules.size())},
                              {"files", std::to_string(out.set.files)},
                              {"rejected", std::to_string(out.set.rejected_count())}});
  return out;
}

}  // namespace alarum::cli

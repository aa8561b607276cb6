#include "daemon/cli/input.h"

#include "daemon/base/log.h"
#include "daemon/cli/diagnostic_text.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace alarum::cli {
namespace {

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warn") return log::Level::warn;
  if (name == "error") return log::Level::error;
  return log::Level::info;
}

/// The folders that packages and administrators fill may be absent; those that somebody named may not.
std::vector<std::string> without_absent_defaults(const std::vector<std::string>& paths) {
  const Option& option = option_at(daemon_options(), "rules.paths");
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    const auto& defaults = option.default_value;
    const bool is_default = std::find(defaults.begin(), defaults.end(), path) != defaults.end();
    std::error_code error;
    if (!is_default || std::filesystem::exists(path, error)) out.push_back(path);
  }
  return out;
}

}  // namespace

std::vector<std::string> environment_variables() {
  std::vector<std::string> out;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    out.emplace_back(*variable);
  return out;
}

std::optional<DaemonConfig> read_config(const GlobalOptions& global) {
  LoadedConfig loaded = load_config(global.config_path, environment_variables(), Secrets::leave);
  if (!loaded.problems.empty()) {
    std::fputs(problems_text(loaded.problems).c_str(), stderr);
    return std::nullopt;
  }
  log::set_level(global.quiet ? log::Level::error : level_of(loaded.config.log_level));
  for (const std::string& file : loaded.files) log::debug("configuration read", {{"file", file}});
  return std::move(loaded.config);
}

JsonLimits json_limits(const DaemonConfig& config) {
  return {.bytes_max = config.records.bytes_max, .depth_max = config.records.depth_max};
}

std::optional<LoadedRules> read_rules(const std::vector<std::string>& paths, const DaemonConfig& config) {
  LoadedRules out;
  const auto& wanted = paths.empty() ? without_absent_defaults(config.rules.paths) : paths;
  auto set = sigma::load_rules(wanted, config.rules.disable, out.fields);
  if (!set) {
    complain(set.error().message);
    return std::nullopt;
  }
  out.set = *std::move(set);
  log::debug("rules loaded", {{"rules", std::to_string(out.set.rules.size())},
                              {"files", std::to_string(out.set.files)},
                              {"rejected", std::to_string(out.set.rejected_count())}});
  return out;
}

}  // namespace alarum::cli

#include "daemon/loaded_service.h"

#include "config/diagnostic.h"
#include "config/service_check.h"
#include "daemon/base/environment.h"
#include "daemon/event/log_source.h"
#include "daemon/reload_check.h"
#include "daemon/sigma/rule_set.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

namespace alarum {
namespace {

bool has_error(std::span<const Diagnostic> problems) {
  return std::any_of(problems.begin(), problems.end(),
                     [](const Diagnostic& problem) { return problem.severity == Severity::error; });
}

void print(std::span<const Diagnostic> problems) {
  constexpr std::size_t shown_max = 50;
  for (const Diagnostic& problem : problems.first(std::min(problems.size(), shown_max)))
    std::fprintf(stderr, "%s\n", problem.to_text().c_str());
  if (problems.size() > shown_max)
    std::fprintf(stderr, "… and %zu more problems: see alarum rule check\n", problems.size() - shown_max);
}

Result<std::vector<SourceFormat>> formats_of(std::span<const SourceConfig> sources, FieldTable& fields) {
  std::vector<SourceFormat> out;
  for (const SourceConfig& source : sources) {
    auto format = make_event_format(source.log_source, fields);
    if (!format) return std::move(format).error().within("source '" + source.name + "'");
    out.push_back({source.name, source.log_source, *std::move(format), source.lateness});
  }
  return out;
}

/// What was said of these when they were loaded.
std::vector<Diagnostic> problems_of(std::span<const sigma::LeftOut> left_out) {
  std::vector<Diagnostic> out;
  for (const sigma::LeftOut& one : left_out) out.push_back(one.problem);
  return out;
}

/// Whether rules that were loaded anew may take the place of those in use.
Status check_against(const ServiceInUse& in_use, const sigma::RuleSet& rules) {
  const auto problems = problems_of(newly_left_out(rules.left_out, in_use.left_out));
  if (problems.empty()) return {};
  print(problems);
  return Error{ErrorCode::invalid, summary(problems)};
}

/// Loads the rules and compiles them. The error says why there is no plan.
Result<LoadedPlan> load_plan(const DaemonConfig& config, std::span<const SourceConfig> sources,
                             const ServiceInUse* in_use) {
  FieldTable fields;
  TRY(sigma::RuleSet rules,
      sigma::load_rules(existing_rule_paths(config.rules), config.rules.disable, fields));
  if (in_use == nullptr) {
    print(rules.diagnostics);
  } else {
    TRY_OK(check_against(*in_use, rules));
  }
  if (rules.rules.empty()) {
    return Error{ErrorCode::invalid, "no rule could be loaded from " + std::to_string(rules.files) +
                                         " files; rules.paths says where rules are"};
  }
  TRY(auto formats, formats_of(sources, fields));
  LoadedPlan out;
  out.rules_loaded["signature"] = rules.rules.size();
  out.left_out = std::move(rules.left_out);
  for (const auto& [reason, count] : rules.rejected) out.rules_rejected[std::string(reason)] = count;
  out.plan = Plan::compile(std::move(rules.rules), std::move(fields), std::move(formats),
                           {.bytes_max = config.records.bytes_max,
                            .depth_max = config.records.depth_max,
                            .values_max = config.records.values_max});
  return out;
}

/// The running sources, read as the new configuration says where it still has them.
std::vector<SourceConfig> sources_beside(const DaemonConfig& now, const DaemonConfig& running) {
  std::vector<SourceConfig> out = running.sources;
  for (SourceConfig& source : out) {
    const auto found = std::find_if(now.sources.begin(), now.sources.end(),
                                    [&](const SourceConfig& known) { return known.name == source.name; });
    if (found == now.sources.end()) continue;
    source.log_source = found->log_source;
    source.lateness = found->lateness;
  }
  return out;
}

}  // namespace

void ServiceInUse::take(const LoadedService& loaded) {
  config.sources = sources_beside(*loaded.config, config);
  left_out = loaded.plan.left_out;
}

LoadedService load_service(const std::string& config_path, const ServiceInUse* in_use) {
  LoadedService out;
  LoadedConfig loaded = load_config(config_path, environment_variables());
  if (!has_error(loaded.problems)) {
    const auto more = check_for_service(loaded);
    loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
  }
  print(loaded.problems);
  if (has_error(loaded.problems)) {
    std::erase_if(loaded.problems, [](const Diagnostic& one) { return one.severity != Severity::error; });
    out.failure = "the configuration is broken: " + summary(loaded.problems);
    return out;
  }
  const DaemonConfig& config = out.config.emplace(std::move(loaded.config));
  if (in_use != nullptr) out.needs_restart = restart_sections(config, in_use->config);
  auto plan =
      load_plan(config, in_use == nullptr ? config.sources : sources_beside(config, in_use->config), in_use);
  if (plan) {
    out.plan = *std::move(plan);
  } else {
    out.failure = plan.error().message;
  }
  return out;
}

std::string rules_text(const LoadedPlan& plan) {
  std::size_t rejected = 0;
  std::string reasons;
  for (const auto& [reason, count] : plan.rules_rejected) {
    rejected += count;
    reasons.append(reasons.empty() ? " (" : ", ").append(std::to_string(count)).append(" ").append(reason);
  }
  const std::size_t loaded = plan.plan->rules().size();
  return std::to_string(loaded) + (loaded == 1 ? " rule loaded, " : " rules loaded, ") +
         std::to_string(rejected) + " rejected" + (reasons.empty() ? "" : reasons + ")");
}

}  // namespace alarum

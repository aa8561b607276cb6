#include "daemon/loaded_service.h"

#include "config/diagnostic.h"
#include "config/service_check.h"
#include "daemon/base/environment.h"
#include "daemon/base/peer_credentials.h"
#include "daemon/event/log_source.h"
#include "daemon/reload_check.h"
#include "daemon/respond/ledger_database.h"
#include "daemon/respond/ledger_schema.h"
#include "daemon/respond/prepared_responders.h"
#include "daemon/sigma/rule_set.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <span>
#include <vector>

namespace alarum {
namespace {

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

/// What is done about alerts of these rules. An alert of a rule without an id has its revision in place of
/// one.
std::shared_ptr<const ResponsePlan> response_plan(const DaemonConfig& config, PlaybookSet playbooks,
                                                  const Plan& plan) {
  auto out = std::make_shared<ResponsePlan>();
  out->playbooks = std::move(playbooks);
  out->guard_rails = config.guard_rails;
  for (const sigma::Rule& rule : plan.rules())
    out->rules[rule.id.empty() ? rule.revision : rule.id] = {rule.extension.stage, rule.revision};
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

/// Whether who asks can be told on this machine. `io`: nobody knows just now.
Status check_analysts(const std::string& group) {
  if (group.empty()) return {};
  auto found = group_named(group);
  if (!found) return std::move(found).error().within("control.analyst_group");
  if (Status whole = check_user_namespace(); !whole)
    return std::move(whole).error().within("control.analyst_group");
  return {};
}

/// A ledger that is there and cannot be opened is the start's business; one that this program does not know
/// is not to be tried again and again.
Status check_ledger_at(const std::string& path) {
  constexpr std::chrono::milliseconds patience{500};
  std::error_code absent;
  if (!std::filesystem::exists(path, absent)) return {};
  auto ledger = LedgerDatabase::open(path, LedgerDatabase::Access::read, patience);
  Status known = ledger ? check_ledger(**ledger) : Status(std::move(ledger).error());
  if (known || known.error().code == ErrorCode::io || known.error().code == ErrorCode::limit) return {};
  return known;
}

/// What the configuration says of this machine. A group that is in use was found by the start: a reload does
/// not fail by a directory service that is away meanwhile.
Status check_machine(const DaemonConfig& config, const ServiceInUse* in_use) {
  const std::string& group = config.control.analyst_group;
  if (in_use == nullptr || group != in_use->config.control.analyst_group) TRY_OK(check_analysts(group));
  return in_use == nullptr ? check_ledger_at(config.ledger.path) : Status();
}

}  // namespace

void ServiceInUse::take(const LoadedService& loaded) {
  config.sources = sources_beside(*loaded.config, config);
  left_out = loaded.plan.left_out;
}

LoadedService load_service(const std::string& config_path, const ServiceInUse* in_use,
                           const ResponderPorts& ports) {
  LoadedService out;
  LoadedConfig loaded = load_config(config_path, environment_variables(), alarum_options());
  PreparedResponders responders = prepare_responders(loaded, ports);
  loaded.problems = responders.problems;
  if (!has_errors(loaded.problems)) {
    const auto more = check_for_service(loaded);
    loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
  }
  print(loaded.problems);
  if (has_errors(loaded.problems)) {
    std::erase_if(loaded.problems, [](const Diagnostic& one) { return one.severity != Severity::error; });
    out.failure = "the configuration is broken: " + summary(loaded.problems);
    return out;
  }
  const DaemonConfig& config = out.config.emplace(std::move(loaded.config));
  if (const Status fits = check_machine(config, in_use); !fits) {
    out.failure = fits.error().message;
    out.is_temporary = fits.error().code == ErrorCode::io;
    return out;
  }
  if (in_use != nullptr) out.needs_restart = restart_sections(config, in_use->config);
  auto plan =
      load_plan(config, in_use == nullptr ? config.sources : sources_beside(config, in_use->config), in_use);
  if (plan) {
    out.plan = *std::move(plan);
    out.response = response_plan(config, std::move(responders.playbooks), *out.plan.plan);
    out.responders = std::move(responders.responders);
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

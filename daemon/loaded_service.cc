#include "daemon/loaded_service.h"

#include "config/diagnostic.h"
#include "config/service_check.h"
#include "daemon/base/digest.h"
#include "daemon/base/environment.h"
#include "daemon/base/log.h"
#include "daemon/event/log_source.h"
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

/// Loads the rules and compiles them. The error says why there is no plan.
Result<LoadedPlan> load_plan(const DaemonConfig& config, std::span<const SourceConfig> sources) {
  FieldTable fields;
  TRY(sigma::RuleSet rules,
      sigma::load_rules(existing_rule_paths(config.rules), config.rules.disable, fields));
  print(rules.diagnostics);
  if (rules.rules.empty()) {
    return Error{ErrorCode::invalid, "no rule could be loaded from " + std::to_string(rules.files) +
                                         " files; rules.paths says where rules are"};
  }
  TRY(auto formats, formats_of(sources, fields));
  LoadedPlan out;
  out.rules_loaded["signature"] = rules.rules.size();
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

/// A text that differs when anything does that only a start reads.
class RestartKey {
 public:
  explicit RestartKey(const DaemonConfig& config) {
    for (const SourceConfig& source : config.sources) {
      add(source.name);
      add(source.group);
      add_kafka(source.kafka.brokers, source.kafka.properties);
      for (const std::string& topic : source.kafka.topics) add(topic);
    }
    for (const ResponderConfig& responder : config.responders) {
      add(responder.name);
      add(responder.path);
      add_target(responder.kafka);
    }
    add(config.dead_letter.path);
    add_target(config.dead_letter.kafka);
    add(config.state.path);
    add(std::to_string(config.state.commit_interval.count()));
    add(std::to_string(config.state.commit_records_max));
    add(std::to_string(config.state.outbox_max));
    add(config.http.listen.host);
    add(std::to_string(config.http.listen.port));
    add(config.control.socket);
    add(std::to_string(config.workers));
  }
  friend bool operator==(const RestartKey&, const RestartKey&) = default;

 private:
  void add(std::string_view part) { text_.append(std::to_string(part.size())).append(":").append(part); }
  void add_kafka(std::span<const std::string> brokers, const Properties& properties) {
    for (const std::string& broker : brokers) add(broker);
    for (const auto& [name, value] : properties) {
      add(name);
      add(sha256_hex(value));  // among them are secrets
    }
  }
  void add_target(const KafkaTargetConfig& target) {
    add(target.topic);
    add_kafka(target.brokers, target.properties);
  }

  std::string text_;
};

}  // namespace

LoadedService load_service(const std::string& config_path, const DaemonConfig* running) {
  LoadedService out;
  LoadedConfig loaded = load_config(config_path, environment_variables());
  if (!has_error(loaded.problems)) {
    const auto more = check_for_service(loaded);
    loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
  }
  print(loaded.problems);
  if (has_error(loaded.problems)) {
    out.failure = "the configuration is broken";
    return out;
  }
  const DaemonConfig& config = out.config.emplace(std::move(loaded.config));
  log::set_level(log::level_named(config.log_level));
  out.needs_restart = running != nullptr && RestartKey(config) != RestartKey(*running);
  auto plan = load_plan(config, running == nullptr ? config.sources : sources_beside(config, *running));
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

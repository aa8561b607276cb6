#include "config/service_check.h"

#include <algorithm>
#include <string_view>

namespace alarum {
namespace {

Diagnostic problem(const ConfigPlace& place, std::string_view reason, std::string message, std::string hint) {
  return {Severity::error, place.file, place.position, reason, std::move(message), std::move(hint), ""};
}

/// The configuration as a whole.
ConfigPlace whole(const LoadedConfig& loaded) {
  return {loaded.files.empty() ? std::string(default_config_path) : loaded.files.front(), {}};
}

void check_source(const SourceConfig& source, std::vector<Diagnostic>& out) {
  auto topics = source.kafka.topics;
  std::sort(topics.begin(), topics.end());
  const auto twice = std::adjacent_find(topics.begin(), topics.end());
  if (twice == topics.end()) return;
  out.push_back(problem(source.place, "duplicate_topic",
                        "the source '" + source.name + "' reads the topic '" + *twice + "' twice",
                        "name it once"));
}

/// A topic that is read and written feeds itself for ever.
bool reads(const SourceConfig& source, const KafkaTargetConfig& target) {
  const auto has = [](const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  };
  return has(source.kafka.topics, target.topic) &&
         std::any_of(target.brokers.begin(), target.brokers.end(),
                     [&](const std::string& broker) { return has(source.kafka.brokers, broker); });
}

void check_target(const DaemonConfig& config, const KafkaTargetConfig& target, const ConfigPlace& place,
                  std::vector<Diagnostic>& out) {
  if (target.brokers.empty()) {
    out.push_back(problem(place, "missing_key", "there is no Kafka source whose brokers this could use",
                          "write brokers here"));
  }
  for (const SourceConfig& source : config.sources) {
    if (!reads(source, target)) continue;
    out.push_back(problem(place, "loop",
                          "the topic '" + target.topic + "' is read by the source '" + source.name +
                              "', which would get what is written here",
                          "write to another topic"));
  }
}

/// Names under which SQLite opens something in memory, or reads options out of.
bool is_no_file(const std::string& path) { return path.starts_with(':') || path.starts_with("file:"); }

}  // namespace

std::vector<Diagnostic> check_for_service(const LoadedConfig& loaded) {
  const DaemonConfig& config = loaded.config;
  std::vector<Diagnostic> out;
  if (loaded.files.empty()) {
    out.push_back(problem(whole(loaded), "no_configuration",
                          "this file is not there, and nothing else was read",
                          "--config names another; alarum config default prints one with every option"));
    return out;
  }
  if (config.sources.empty()) {
    out.push_back(problem(whole(loaded), "no_source", "alarumd needs at least one source",
                          "describe one below 'sources:'; alarum config default shows how"));
  }
  for (const SourceConfig& source : config.sources) check_source(source, out);
  if (is_no_file(config.ledger.path)) {
    out.push_back(problem(whole(loaded), "no_file",
                          "ledger.path: '" + config.ledger.path + "' is no file that SQLite could keep",
                          "write an absolute path, such as /var/lib/alarum/ledger.db"));
  }
  for (const ResponderConfig& responder : config.responders) {
    if (responder.name == ledger_name)
      out.push_back(problem(responder.place, "reserved_name",
                            "'" + responder.name + "' is the sink of incidents and no responder",
                            "call it something else"));
    if (responder.kind == ResponderConfig::Kind::kafka)
      check_target(config, responder.kafka, responder.place, out);
  }
  if (config.dead_letter.kind == DeadLetterConfig::Kind::kafka)
    check_target(config, config.dead_letter.kafka, config.dead_letter.place, out);
  if (config.responders.empty()) {
    out.push_back(problem(whole(loaded), "no_responder",
                          "no responder tells of alerts: they are in the ledger only",
                          "describe one below 'responders:'"));
    out.back().severity = Severity::warning;
  }
  return out;
}

}  // namespace alarum

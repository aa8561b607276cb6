#include "daemon/reload_check.h"

#include "daemon/base/digest.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace alarum {
namespace {

/// A text that differs when one of its parts does.
class Key {
 public:
  void add(std::string_view part) { text_.append(std::to_string(part.size())).append(":").append(part); }
  void add(std::size_t number) { add(std::to_string(number)); }
  void add_kafka(std::span<const std::string> brokers, const Properties& properties) {
    add(brokers.size());  // where a list ends
    for (const std::string& broker : brokers) add(broker);
    add(properties.size());
    for (const auto& [name, value] : properties) {
      add(name);
      add(sha256_hex(value));  // among them are secrets
    }
  }
  void add_target(const KafkaTargetConfig& target) {
    add(target.topic);
    add_kafka(target.brokers, target.properties);
  }
  friend bool operator==(const Key&, const Key&) = default;

 private:
  std::string text_;
};

/// By name of a section, in the order of the configuration.
using SectionKeys = std::array<std::pair<std::string_view, Key>, 7>;

void add_start(const KafkaStart& start, Key& key) {
  key.add(static_cast<std::size_t>(start.kind));
  key.add(std::to_string(start.time.microseconds));
}

SectionKeys keys_of(const DaemonConfig& config) {
  Key sources;
  for (const SourceConfig& source : config.sources) {
    sources.add(source.name);
    sources.add(source.group);
    sources.add_kafka(source.kafka.brokers, source.kafka.properties);
    sources.add(source.kafka.topics.size());
    for (const std::string& topic : source.kafka.topics) sources.add(topic);
    add_start(source.kafka.start, sources);
  }
  Key responders;
  for (const ResponderConfig& responder : config.responders) {
    responders.add(responder.name);
    responders.add(static_cast<std::size_t>(responder.kind));
    responders.add(responder.path);
    responders.add_target(responder.kafka);
  }
  Key dead_letter;
  dead_letter.add(static_cast<std::size_t>(config.dead_letter.kind));
  dead_letter.add(config.dead_letter.path);
  dead_letter.add_target(config.dead_letter.kafka);
  Key state;
  state.add(config.state.path);
  state.add(std::to_string(config.state.commit_interval.count()));
  state.add(config.state.commit_records_max);
  state.add(config.state.outbox_max);
  Key http;
  http.add(config.http.listen.host);
  http.add(config.http.listen.port);
  Key control;
  control.add(config.control.socket);
  Key workers;
  workers.add(config.workers);
  return {{{"sources", sources},
           {"responders", responders},
           {"dead_letter", dead_letter},
           {"state", state},
           {"http", http},
           {"control", control},
           {"workers", workers}}};
}

}  // namespace

std::vector<sigma::LeftOut> newly_left_out(std::span<const sigma::LeftOut> now,
                                           std::span<const sigma::LeftOut> before) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> known;
  for (const sigma::LeftOut& one : before) ++known[{one.file, one.name}];
  std::vector<sigma::LeftOut> out;
  for (const sigma::LeftOut& one : now) {
    const auto place = known.find({one.file, one.name});
    if (place != known.end() && place->second > 0) {
      --place->second;
    } else {
      out.push_back(one);
    }
  }
  return out;
}

std::string restart_sections(const DaemonConfig& now, const DaemonConfig& running) {
  const SectionKeys keys = keys_of(now);
  const SectionKeys running_keys = keys_of(running);
  std::string out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == running_keys[i]) continue;
    out.append(out.empty() ? "" : ", ").append(keys[i].first);
  }
  return out;
}

std::string summary(std::span<const Diagnostic> problems) {
  const std::string text = problems.front().to_text();
  const std::size_t more = problems.size() - 1;
  return text.substr(0, text.find('\n')) +
         (more == 0 ? ""
                    : " (and " + std::to_string(more) + (more == 1 ? " more problem)" : " more problems)"));
}

}  // namespace alarum

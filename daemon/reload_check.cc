#include "daemon/reload_check.h"

#include "daemon/base/digest.h"

#include <algorithm>
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
  void add(std::span<const std::string> texts) {
    add(texts.size());  // where a list ends
    for (const std::string& text : texts) add(text);
  }
  void add_kafka(std::span<const std::string> brokers, const Properties& properties) {
    add(brokers);
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
using SectionKeys = std::array<std::pair<std::string_view, Key>, 9>;

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
    responders.add(responder.kind_name);
    responders.add(responder.options);
    responders.add(responder.files_digest);
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
  Key ledger;
  ledger.add(config.ledger.path);
  Key incidents;
  incidents.add(std::to_string(config.incidents.within.count()));
  incidents.add(config.incidents.entity_types);
  incidents.add(config.incidents.shared_values);
  Key http;
  http.add(config.http.listen.host);
  http.add(config.http.listen.port);
  Key control;
  control.add(config.control.socket);
  control.add(config.control.analyst_group);
  Key workers;
  workers.add(config.workers);
  return {{{"sources", sources},
           {"responders", responders},
           {"dead_letter", dead_letter},
           {"state", state},
           {"ledger", ledger},
           {"incidents", incidents},
           {"http", http},
           {"control", control},
           {"workers", workers}}};
}

/// The responder of this name that does the same; null where there is none.
const PlaybookResponder* find_same(std::span<const PlaybookResponder> all, const PlaybookResponder& one) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const PlaybookResponder& other) {
    return other.name == one.name && other.nature == one.nature;
  });
  return found == all.end() ? nullptr : &*found;
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

ResponseBeside response_beside(const ResponsePlan& next, const ResponsePlan& in_use,
                               std::span<const PlaybookResponder> made) {
  const auto configured = std::span<const PlaybookResponder>(next.playbooks.responders);
  auto plan = std::make_shared<ResponsePlan>(next);
  const bool are_made = std::all_of(configured.begin(), configured.end(), [&](const auto& responder) {
    return responder.nature == ResponderNature::takes_all || find_same(made, responder) != nullptr;
  });
  if (are_made) return {std::move(plan), false};
  plan->playbooks = in_use.playbooks;
  for (PlaybookResponder& responder : plan->playbooks.responders) {
    const PlaybookResponder* const found = find_same(configured, responder);
    responder.mode = found == nullptr ? ResponderMode::off : found->mode;
  }
  return {std::move(plan), true};
}

std::string summary(std::span<const Diagnostic> problems) {
  const std::string text = problems.front().to_text();
  const std::size_t more = problems.size() - 1;
  return text.substr(0, text.find('\n')) +
         (more == 0 ? ""
                    : " (and " + std::to_string(more) + (more == 1 ? " more problem)" : " more problems)"));
}

}  // namespace alarum

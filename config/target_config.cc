#include "config/target_config.h"

#include "daemon/base/ensure.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

using Type = Option::Type;

/// `option` of a kind: what only Kafka takes, for example.
Option of_kind(std::string_view kind, Option option) {
  if (!kind.empty()) option.kinds = {kind};
  return option;
}

/// The keys of a topic to write to, in a section with kinds or without.
std::vector<Option> kafka_target_options(std::string_view kind, std::string_view topic) {
  return {
      of_kind(kind, {.name = "topic",
                     .type = Type::text,
                     .is_required = true,
                     .example = topic,
                     .help = "The topic to write to."}),
      of_kind(kind, {.name = "brokers",
                     .type = Type::address_list,
                     .min = 1,
                     .example = "[kafka-1:9092]",
                     .help = "Where to learn of the cluster's brokers. Without it those of the only Kafka "
                             "source, and its properties unless others are given here."}),
      of_kind(kind, kafka_properties_option()), of_kind(kind, kafka_property_files_option())};
}

Option path_option(std::string_view kind, std::string_view path) {
  return of_kind(kind, {.name = "path",
                        .type = Type::text,
                        .is_required = true,
                        .example = path,
                        .help = "The file to append to, one JSON object a line."});
}

KafkaTargetConfig kafka_target(const SectionValue& section, const std::string& path,
                               const SecretFiles& secrets, std::span<const SourceConfig> sources) {
  KafkaTargetConfig out{section.value("brokers").texts, section.value("topic").text(),
                        secrets.properties_of(section)};
  const Setting& brokers = section.at("brokers");
  if (!out.brokers.empty() || brokers.was_refused) return out;
  if (sources.size() == 1) {
    out.brokers = sources.front().kafka.brokers;
    // With brokers of its own it gets no properties: a password is not for another cluster.
    const bool has_properties =
        !section.at("properties").origin.is_default() || !section.at("properties_files").origin.is_default();
    if (!has_properties) out.properties = sources.front().kafka.properties;
  } else if (!sources.empty()) {
    section.origin().source->error(section.origin().value, "missing_key",
                                   "'" + path + ".brokers' is missing, and none of the " +
                                       std::to_string(sources.size()) + " Kafka sources is the only one",
                                   "write brokers here, and properties where they need any");
  }
  return out;
}

constexpr std::array<std::string_view, 3> own_kinds = {"kafka", "file", "stdout"};

/// Whether two kinds mean the same by a key that both have.
bool is_same(const Option& one, const Option& other) {
  return one.type == other.type && one.default_value == other.default_value && one.min == other.min &&
         one.max == other.max && one.is_required == other.is_required && one.words == other.words &&
         one.help == other.help;
}

void add_kind(Section& section, const KindOptions& kind) {
  section.options[1].words.push_back(kind.name);
  for (const Option& option : kind.options) {
    const auto known = std::find_if(section.options.begin(), section.options.end(),
                                    [&](const Option& other) { return other.name == option.name; });
    if (known == section.options.end()) {
      section.options.push_back(of_kind(kind.name, option));
      continue;
    }
    ENSURE(!known->kinds.empty() && is_same(*known, option), "a key means the same for every kind");
    known->kinds.push_back(kind.name);
  }
  section.at_most_one.insert(section.at_most_one.end(), kind.at_most_one.begin(), kind.at_most_one.end());
}

/// What an entry says, without what a reload changes while the responder runs.
std::string options_of(const SectionValue& entry) {
  std::string out;
  for (const Setting& setting : entry.settings()) {
    if (setting.option->name == "mode") continue;
    out.append(setting.option->name).append("\n");
    for (const std::string& text : setting.value.texts) out.append(" ").append(text).append("\n");
  }
  return out;
}

/// What stood in the files that the entry names: a secret may be another behind the same path.
std::string files_digest(const SectionValue& entry, const SecretFiles& secrets) {
  std::string out;
  for (const Setting& setting : entry.settings()) {
    const std::string_view name = setting.option->name;
    if (name.ends_with("_file") || name.ends_with("_files")) out += secrets.digest_of(setting.value.texts);
  }
  return out;
}

ConfigPlace place_of(const SectionValue& section) {
  if (section.origin().is_default()) return {};
  return {section.origin().source->file().path, section.origin().value};
}

}  // namespace

std::string responder_kinds_help(std::span<const KindOptions> kinds) {
  std::string out = "What the responder does. kafka, file, stdout: write every alert there";
  for (const KindOptions& kind : kinds) out.append("; ").append(kind.name).append(": ").append(kind.help);
  return out + ".";
}

Section responder_section(std::span<const KindOptions> kinds, std::string_view help) {
  Section out;
  out.options = {{.name = "name",
                  .type = Type::name,
                  .is_required = true,
                  .example = "soc-topic",
                  .help = "What the responder is called, in logs, playbooks and metrics."},
                 {.name = "kind",
                  .type = Type::word,
                  .is_required = true,
                  .words = {own_kinds.begin(), own_kinds.end()},
                  .example = "kafka",
                  .help = help}};
  for (Option& option : kafka_target_options("kafka", "alarum-alerts"))
    out.options.push_back(std::move(option));
  out.options.push_back(path_option("file", "/var/log/alarum/alerts.ndjson"));
  for (const KindOptions& kind : kinds) add_kind(out, kind);
  return out;
}

const Section& dead_letter_section() {
  static const Section kafka = {.options = kafka_target_options("", "alarum-dead-letter")};
  static const Section file = {.options = {path_option("", "/var/lib/alarum/dead-letter.ndjson")}};
  static const Section section = {
      .options = {{.name = "kafka",
                   .type = Type::section,
                   .section = &kafka,
                   .help = "Records that cannot be evaluated go to this topic."},
                  {.name = "file",
                   .type = Type::section,
                   .section = &file,
                   .help = "Records that cannot be evaluated go to this file, instead of a topic."}},
      .at_most_one = {"kafka", "file"}};
  return section;
}

std::vector<ResponderConfig> responder_configs(const SectionValue& root, const SecretFiles& secrets,
                                               std::span<const SourceConfig> sources) {
  std::vector<ResponderConfig> out;
  for (const SectionValue& entry : root.at("responders").sections) {
    ResponderConfig& responder = out.emplace_back();
    const std::string kind = entry.value("kind").text();
    responder.name = entry.value("name").text();
    responder.kind_name = kind;
    responder.path = entry.value("path").text();
    responder.place = place_of(entry);
    if (kind == "kafka") {
      responder.kafka = kafka_target(entry, "responders[]", secrets, sources);
    } else if (std::find(own_kinds.begin(), own_kinds.end(), kind) != own_kinds.end()) {
      responder.kind = kind == "file" ? ResponderConfig::Kind::file : ResponderConfig::Kind::standard_output;
    } else if (!kind.empty()) {
      responder.kind = ResponderConfig::Kind::driven;
      responder.options = options_of(entry);
      responder.files_digest = files_digest(entry, secrets);
      if (entry.find("mode") != nullptr) responder.mode = responder_mode(entry);
    }
  }
  return out;
}

DeadLetterConfig dead_letter_config(const SectionValue& root, const SecretFiles& secrets,
                                    std::span<const SourceConfig> sources) {
  DeadLetterConfig out;
  const SectionValue& kafka = root.section_at("dead_letter.kafka");
  const SectionValue& file = root.section_at("dead_letter.file");
  if (!kafka.origin().is_default()) {
    out.kind = DeadLetterConfig::Kind::kafka;
    out.kafka = kafka_target(kafka, "dead_letter.kafka", secrets, sources);
    out.place = place_of(kafka);
  } else if (!file.origin().is_default()) {
    out.kind = DeadLetterConfig::Kind::file;
    out.path = file.value("path").text();
    out.place = place_of(file);
  }
  return out;
}

}  // namespace alarum

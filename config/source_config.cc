#include "config/source_config.h"

namespace alarum {
namespace {

using Type = Option::Type;

const Section& kafka_section() {
  static const Section section = {
      .options = {
          {.name = "brokers",
           .type = Type::address_list,
           .is_required = true,
           .min = 1,
           .example = "[kafka-1:9092]",
           .help = "Where to learn of the cluster's brokers."},
          {.name = "topics",
           .type = Type::text_list,
           .is_required = true,
           .example = "[windows-events]",
           .help = "The topics to read, all partitions of each."},
          kafka_properties_option(),
          kafka_property_files_option(),
          {.name = "start",
           .type = Type::word_or_time,
           .default_value = {"earliest"},
           .words = {"earliest", "latest"},
           .help = "Where to begin when the source is new to our state. Partitions found later begin at 0."},
      }};
  return section;
}

KafkaStart start_of(const OptionValue& value) {
  if (value.text() == "earliest") return {KafkaStart::Kind::earliest, {}};
  if (value.text() == "latest") return {KafkaStart::Kind::latest, {}};
  return {KafkaStart::Kind::time, Timestamp{value.number}};
}

}  // namespace

Option kafka_properties_option() {
  constexpr std::string_view is_secret = "is a secret, and secrets do not stand in a configuration";
  constexpr std::string_view file = "write the secret into a file, and here 'properties_files: {%: PATH}'";
  return {.name = "properties",
          .type = Type::properties,
          .refused = {{"password", is_secret, file},
                      {"secret", is_secret, file},
                      {"ssl.key.pem", is_secret, file},
                      {"test.mock.", "replaces the brokers by a demonstration", "leave it out"}},
          .example = "{security.protocol: SASL_SSL, sasl.mechanism: SCRAM-SHA-512, sasl.username: alarum}",
          .help = "Any properties of librdkafka, but no secrets."};
}

Option kafka_property_files_option() {
  return {.name = "properties_files",
          .type = Type::property_files,
          .refused = {{"test.mock.", "replaces the brokers by a demonstration", "leave it out"}},
          .example = "{sasl.password: kafka-password}",
          .help =
              "Properties whose values are read from files at start, without the newline at their end. A "
              "relative path begins at $CREDENTIALS_DIRECTORY where that is set."};
}

const Section& source_section() {
  static const Section section = {
      .options = {
          {.name = "name",
           .type = Type::name,
           .is_required = true,
           .example = "windows",
           .help = "What the source is called, in alerts and metrics; part of the ids of alerts."},
          {.name = "kafka",
           .type = Type::section,
           .is_required = true,
           .section = &kafka_section(),
           .help = "The Apache Kafka cluster to read from."},
          {.name = "format",
           .type = Type::word,
           .default_value = {"json"},
           .words = {"json"},
           .help = "How records are written."},
          {.name = "log_source",
           .type = Type::attributes,
           .is_required = true,
           .words = {"product", "category", "service"},
           .example = "windows",
           .help = "What the events are, in the words of rules: the name of a router (windows), or some of "
                   "product, category and service."},
          {.name = "group",
           .type = Type::text,
           .default_value = {"alarum"},
           .help = "The consumer group that lag tools see. Our own state decides where we go on."},
          {.name = "lateness",
           .type = Type::duration,
           .default_value = {"30s"},
           .min = 0,
           .max = Duration(std::chrono::hours(24 * 7)).count(),
           .help = "How much later than others an event may arrive and still be in time."},
      }};
  return section;
}

std::vector<SourceConfig> source_configs(const SectionValue& root, const SecretFiles& secrets) {
  std::vector<SourceConfig> out;
  for (const SectionValue& entry : root.at("sources").sections) {
    SourceConfig& source = out.emplace_back();
    const SectionValue& kafka = entry.section_at("kafka");
    source.name = entry.value("name").text();
    source.kafka = {kafka.value("brokers").texts, kafka.value("topics").texts, secrets.properties_of(kafka),
                    start_of(kafka.value("start"))};
    source.format = entry.value("format").text();
    source.log_source = entry.value("log_source").text();
    source.group = entry.value("group").text();
    source.lateness = Duration(entry.value("lateness").number);
    source.place = {entry.origin().source->file().path, entry.origin().value};
  }
  return out;
}

}  // namespace alarum

#include "daemon/cli/replay_input.h"

#include "daemon/base/suggest.h"
#include "daemon/cli/terminal.h"
#include "daemon/kafka/kafka_url.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace alarum::cli {
namespace {

constexpr const char* default_log_source = "windows";

/// What is to be read, and what a replay has to know of it.
struct TopicInput {
  TopicReader::Options reading;
  std::string log_source = default_log_source;
  Duration lateness = ReplayInput().lateness;
  ExitCode refused = wrong_usage;  ///< the exit code for a property that librdkafka does not take
};

Result<TopicInput> url_input(const std::string& text) {
  TRY(const KafkaUrl url, parse_kafka_url(text));
  TopicInput out;
  out.reading.source = url.name;
  out.reading.connection = url.connection;
  out.reading.topics = {url.topic};
  return out;
}

/// Read as the daemon reads it: the coordinates of its records, and so the ids of its alerts, are the same.
Result<TopicInput> configured_input(const std::string& name, const DaemonConfig& config) {
  const auto found = std::find_if(config.sources.begin(), config.sources.end(),
                                  [&](const SourceConfig& source) { return source.name == name; });
  if (found == config.sources.end()) {
    std::vector<std::string_view> known;
    for (const SourceConfig& source : config.sources) known.push_back(source.name);
    const std::string hint = did_you_mean(name, known);
    return Error{ErrorCode::invalid,
                 "the configuration has no source '" + name + "'; " +
                     (hint.empty() ? "a topic is kafka://HOST:PORT/TOPIC?name=SOURCE" : hint)};
  }
  const KafkaConfig& kafka = found->kafka;
  TopicInput out;
  out.reading.source = name;
  out.reading.connection = {kafka.brokers, {kafka.properties.begin(), kafka.properties.end()}};
  out.reading.topics = kafka.topics;
  out.log_source = found->log_source;
  out.lateness = found->lateness;
  out.refused = broken_config;
  return out;
}

Result<TopicInput> topic_input(const InputOptions& options, const DaemonConfig& config) {
  TRY(TopicInput out,
      is_configured_source(options) ? configured_input(options.source, config) : url_input(options.source));
  auto from = parse_kafka_bound(options.from.empty() ? "earliest" : options.from);
  if (!from) return std::move(from).error().within("--from");
  auto to = parse_kafka_bound(options.to.empty() ? "latest" : options.to);
  if (!to) return std::move(to).error().within("--to");
  out.reading.from = *from;
  out.reading.to = *to;
  return out;
}

/// The topics that `--source` names; the exit code where they cannot be read, and why on stderr.
std::variant<ReplayInput, ExitCode> open_topics(const InputOptions& options, const DaemonConfig& config) {
  auto input = topic_input(options, config);
  if (!input) {
    complain(input.error().message);
    return wrong_usage;
  }
  ReplayInput out;
  out.name = input->reading.source;
  out.log_source = options.log_source.empty() ? input->log_source : options.log_source;
  out.lateness = input->lateness;
  auto opened = TopicReader::open(std::move(input->reading));
  if (!opened) {
    complain(opened.error().message);
    return opened.error().code == ErrorCode::invalid ? input->refused : unreachable;
  }
  out.topics = *std::move(opened);
  return out;
}

}  // namespace

Status check_input(const InputOptions& options) {
  const bool is_topic = !options.source.empty() && options.files.empty();
  const bool is_files =
      options.source.empty() && !options.files.empty() && options.from.empty() && options.to.empty();
  if (is_topic || is_files) return {};
  return Error{ErrorCode::invalid,
               "a replay reads files, or the topics of a --source, which may have --from and --to"};
}

bool is_configured_source(const InputOptions& options) {
  return !options.source.empty() && !is_kafka_url(options.source);
}

std::variant<ReplayInput, ExitCode> open_input(const InputOptions& options, const DaemonConfig& config) {
  if (options.files.empty()) return open_topics(options, config);
  ReplayInput out;
  out.log_source = options.log_source.empty() ? default_log_source : options.log_source;
  out.files = std::make_unique<FileSource>(options.files,
                                           FileSource::Options{.record_bytes_max = config.records.bytes_max});
  return out;
}

}  // namespace alarum::cli

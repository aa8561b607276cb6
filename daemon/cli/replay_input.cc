#include "daemon/cli/replay_input.h"

#include "daemon/cli/terminal.h"
#include "daemon/kafka/kafka_url.h"

namespace alarum::cli {
namespace {

Result<KafkaPosition> bound_of(const std::string& text, const char* absent) {
  return parse_kafka_bound(text.empty() ? absent : text);
}

/// The topic that `--source` names; the exit code where it cannot be read, and why on stderr.
std::variant<ReplayInput, ExitCode> open_topic(const InputOptions& options) {
  const auto url = parse_kafka_url(options.source);
  const auto from = bound_of(options.from, "earliest");
  const auto to = bound_of(options.to, "latest");
  if (!url || !from || !to) {
    complain(!url ? url.error().message
                  : (!from ? "--from " + from.error().message : "--to " + to.error().message));
    return wrong_usage;
  }
  TopicReader::Options reading;
  reading.source = url->name;
  reading.connection = url->connection;
  reading.topic = url->topic;
  reading.from = *from;
  reading.to = *to;
  auto opened = TopicReader::open(std::move(reading));
  if (!opened) {
    complain(opened.error().message);
    return opened.error().code == ErrorCode::invalid ? wrong_usage : unreachable;
  }
  return ReplayInput{url->name, nullptr, *std::move(opened)};
}

}  // namespace

Status check_input(const InputOptions& options) {
  const bool is_topic = !options.source.empty() && options.files.empty();
  const bool is_files =
      options.source.empty() && !options.files.empty() && options.from.empty() && options.to.empty();
  if (is_topic || is_files) return {};
  return Error{ErrorCode::invalid,
               "a replay reads files, or a topic that --source names, which may have --from and --to"};
}

std::variant<ReplayInput, ExitCode> open_input(const InputOptions& options, const DaemonConfig& config) {
  if (options.files.empty()) return open_topic(options);
  auto files = std::make_unique<FileSource>(
      options.files, FileSource::Options{.record_bytes_max = config.records.bytes_max});
  return ReplayInput{"replay", std::move(files), nullptr};
}

}  // namespace alarum::cli

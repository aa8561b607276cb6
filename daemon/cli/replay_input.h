#pragma once

#include "config/daemon_config.h"
#include "daemon/base/result.h"
#include "daemon/cli/exit_code.h"
#include "daemon/files/file_source.h"
#include "daemon/kafka/topic_reader.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace alarum::cli {

/// What the command line says of the input of a replay.
struct InputOptions {
  std::vector<std::string> files;
  std::string source;      ///< a topic's URL, or the name of a source of the configuration
  std::string from;        ///< where to begin in it
  std::string to;          ///< and where to end
  std::string log_source;  ///< what the events are; empty: what the source says, else Windows
};

/// What a replay reads: files, or topics.
struct ReplayInput {
  std::string name = "replay";  ///< of the source, in coordinates
  std::string log_source;
  Duration lateness = std::chrono::seconds(30);
  std::unique_ptr<FileSource> files;
  std::unique_ptr<TopicReader> topics;  ///< where there are no files
};

/// Whether `options` name one input; the error says what a replay takes.
Status check_input(const InputOptions& options);

/// Whether the input is a source of the configuration, for which its secrets are needed.
bool is_configured_source(const InputOptions& options);

/// Opens what sound `options` name; the exit code where that cannot be read, and why on stderr.
std::variant<ReplayInput, ExitCode> open_input(const InputOptions& options, const DaemonConfig& config);

}  // namespace alarum::cli

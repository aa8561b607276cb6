#pragma once

#include "daemon/base/result.h"
#include "daemon/pipeline/lane.h"

#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace alarum::cli {

/// A file with the place and reason of every dead letter, one JSON object a line: {source, topic, partition,
/// offset, reason}. One thread.
class DeadLetterFile {
 public:
  /// Begins the file at `path` anew.
  static Result<DeadLetterFile> create(const std::string& path);

  /// Appends a line for each; what cannot be written is told by `finish`.
  void write(std::span<const DeadLetter> letters);

  /// Whether everything was written, down to the system.
  Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  DeadLetterFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool is_written_ = true;
};

}  // namespace alarum::cli

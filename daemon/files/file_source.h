#pragma once

#include "daemon/base/result.h"
#include "daemon/event/record.h"
#include "daemon/files/archive_reader.h"
#include "daemon/files/record_splitter.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace alarum {

/// Reads records from files, in the order in which they are named: JSON lines or pretty-printed objects,
/// packed or not (see ArchiveReader), `-` for stdin. What cannot be read is collected and does not stop the
/// rest. One thread.
class FileSource {
 public:
  /// What it calls itself, and how much it hands out at once.
  struct Options {
    std::string name = "replay";  ///< of the source, part of every coordinate
    std::size_t record_bytes_max = 8U << 20U;
    std::size_t batch_records_max = 1000;
    std::size_t batch_bytes_max = 4U << 20U;
    std::size_t name_bytes_max = 256U << 20U;  ///< of the members of one archive, together
  };

  FileSource(std::vector<std::string> paths, Options options);

  /// The next records, all of one file (or one member of an archive): at least one, until none are left.
  /// They live until the next call.
  std::span<const Record> next();

  /// Which file or member the last records are of, counted from 1 in the order of reading. Names do not tell:
  /// a file can be named twice, and an archive can hold two members of one name.
  std::size_t member() const { return member_; }

  /// Files that could not be opened or read to their end, so far.
  const std::vector<Error>& errors() const { return errors_; }

  /// How far the reading is, in bytes as they lie on the disk. The total is 0 where it is not known.
  struct Progress {
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0;
  };
  Progress progress() const;

 private:
  bool open_next_file();
  bool open_next_member();
  std::string name_once(const std::string& name);
  void read_member();
  void close_file();
  std::span<const Record> publish();

  std::vector<std::string> paths_;
  Options options_;
  std::size_t next_path_ = 0;
  std::optional<ArchiveReader> reader_;
  bool in_member_ = false;
  std::size_t member_ = 0;
  std::string topic_;
  std::set<std::string> names_;                     // of the archive's members so far
  std::map<std::string, std::size_t> times_named_;  // how often such a name came again
  std::size_t name_bytes_ = 0;
  RecordSplitter splitter_;
  std::vector<SplitRecord> split_;
  std::vector<Record> records_;
  std::vector<Error> errors_;
  std::uint64_t bytes_of_files_before_ = 0;
  std::uint64_t bytes_total_ = 0;
};

}  // namespace alarum

#pragma once

#include "daemon/files/file_source.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

/// Files that exist for one test, and what a source reads from them.
namespace alarum::test {

/// What is read, a record each.
using Lines = std::vector<std::string>;

/// A folder of files, and what a source reads from them.
class FilesWorld {
 public:
  FilesWorld() { std::filesystem::create_directory(folder_); }
  FilesWorld(const FilesWorld&) = delete;
  FilesWorld& operator=(const FilesWorld&) = delete;
  ~FilesWorld() { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_ / name, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
  }

  /// Reads the named files; every record as `topic:offset:bytes`, with the folder left out of the topic.
  Lines read(const Lines& names, FileSource::Options options = {}) {
    Lines paths;
    for (const std::string& name : names) paths.push_back(path(name));
    FileSource source(paths, std::move(options));
    Lines out;
    batches.clear();
    members.clear();
    for (auto batch = source.next(); !batch.empty(); batch = source.next()) {
      batches.push_back(batch.size());
      members.push_back(source.member());
      for (const Record& record : batch) out.push_back(text_of(record));
    }
    errors.clear();
    for (const Error& error : source.errors()) errors.push_back(without_folder(error.message));
    progress = source.progress();
    return out;
  }

  std::vector<std::size_t> batches;  ///< of the last reading: their sizes
  std::vector<std::size_t> members;  ///< and what they are of
  Lines errors;
  FileSource::Progress progress;

 private:
  std::string without_folder(std::string_view text) const {
    std::string out(text);
    const std::string folder = folder_.string() + "/";
    if (const std::size_t at = out.find(folder); at != std::string::npos) out.erase(at, folder.size());
    return out;
  }

  std::string text_of(const Record& record) const {
    return without_folder(record.coordinates.topic) + ":" + std::to_string(record.coordinates.offset) +
           (record.truncated ? "!" : ":") + std::string(record.bytes);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("alarum_file_source_test_" + std::to_string(getpid()));
};

/// `count` records in lines of 100 bytes.
inline std::string many_records(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string line = "{\"n\":" + std::to_string(i) + ",\"text\":\"";
    line.resize(97, 'x');
    out += line + "\"}\n";
  }
  return out;
}

}  // namespace alarum::test

#include "daemon/files/file_source.h"

#include <filesystem>

namespace alarum {
namespace {

/// The size of all files together; 0 where one of them is a pipe or is not there.
std::uint64_t total_size(const std::vector<std::string>& paths) {
  std::uint64_t out = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    const auto size = path == "-" ? 0 : std::filesystem::file_size(path, error);
    if (error || path == "-") return 0;
    out += size;
  }
  return out;
}

}  // namespace

FileSource::FileSource(std::vector<std::string> paths, Options options)
    : paths_(std::move(paths)),
      options_(std::move(options)),
      splitter_(options_.record_bytes_max),
      bytes_total_(total_size(paths_)) {}

std::span<const Record> FileSource::next() {
  split_.clear();
  while (split_.empty()) {
    if (!reader_ && !open_next_file()) return {};
    if (!in_member_ && !open_next_member()) continue;
    read_member();
  }
  return publish();
}

bool FileSource::open_next_file() {
  while (next_path_ < paths_.size()) {
    auto opened = ArchiveReader::open(paths_[next_path_++]);
    if (opened) {
      reader_.emplace(*std::move(opened));
      return true;
    }
    errors_.push_back(std::move(opened).error());
  }
  return false;
}

bool FileSource::open_next_member() {
  auto member = reader_->next_member();
  const bool has_member = member && *member;
  if (!has_member) {
    if (!member) errors_.push_back(std::move(member).error());
    close_file();
    return false;
  }
  const std::string& path = paths_[next_path_ - 1];
  topic_ = (*member)->empty() ? path : path + "!" + name_once(**member);
  if (name_bytes_ > options_.name_bytes_max) {
    errors_.push_back({ErrorCode::limit, "cannot read '" + path + "' to its end: it has too many members"});
    close_file();
    return false;
  }
  in_member_ = true;
  ++member_;
  return true;
}

/// An archive can hold several members of one name; the second is told from the first as `name#2`, so that
/// alerts of both have ids of their own.
std::string FileSource::name_once(const std::string& name) {
  constexpr std::size_t entry_bytes = 64;  // what a name costs besides its characters
  std::string out = name;
  while (!names_.insert(out).second) out = name + "#" + std::to_string(++times_named_[name] + 1);
  name_bytes_ += out.size() + entry_bytes;
  return out;
}

/// Reads until a batch is full or the member ends.
void FileSource::read_member() {
  std::size_t bytes = 0;
  while (split_.size() < options_.batch_records_max && bytes < options_.batch_bytes_max) {
    auto piece = reader_->read();
    if (piece && !piece->empty()) {
      bytes += piece->size();
      splitter_.feed(*piece, split_);
      continue;
    }
    splitter_.finish(split_);
    in_member_ = false;
    if (!piece) errors_.push_back(std::move(piece).error());
    return;
  }
}

void FileSource::close_file() {
  bytes_of_files_before_ += reader_->bytes_read();
  reader_.reset();
  names_.clear();
  times_named_.clear();
  name_bytes_ = 0;
}

std::span<const Record> FileSource::publish() {
  records_.clear();
  for (const SplitRecord& record : split_) {
    records_.push_back(
        {{options_.name, topic_, 0, record.line, std::nullopt}, record.bytes, record.truncated});
  }
  return records_;
}

FileSource::Progress FileSource::progress() const {
  return {bytes_of_files_before_ + (reader_ ? reader_->bytes_read() : 0), bytes_total_};
}

}  // namespace alarum

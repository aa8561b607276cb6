#include "daemon/base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {
namespace {

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error failed(const std::string& path, int reason) {
  return {reason == ENOENT ? ErrorCode::not_found : ErrorCode::io,
          "cannot read '" + path + "': " + std::strerror(reason)};
}

/// Walks with either of the two iterators of the standard library.
template <class Iterator>
Result<std::vector<std::string>> list_by(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (Iterator place(folder, error); !error && place != Iterator(); place.increment(error)) {
    std::error_code unknown;  // of a link that leads nowhere; reading it will say so
    if (!place->is_directory(unknown)) out.push_back(place->path().string());
  }
  if (error) return Error{ErrorCode::io, "cannot list '" + folder + "': " + error.message()};
  std::sort(out.begin(), out.end());
  return out;
}

class TreeWalk {
 public:
  void walk(const std::filesystem::path& folder) {
    std::error_code error;
    if (!seen_.insert(std::filesystem::canonical(folder, error).string()).second) return;
    std::vector<std::filesystem::path> folders;
    std::filesystem::directory_iterator place(folder, error);
    for (; !error && place != std::filesystem::directory_iterator(); place.increment(error)) {
      std::error_code unknown;  // of a link that leads nowhere; reading it will say so
      if (place->is_directory(unknown)) {
        folders.push_back(place->path());
      } else {
        tree_.files.push_back(place->path().string());
      }
    }
    if (error) {
      tree_.unlisted.push_back(
          {folder.string(), "cannot list '" + folder.string() + "': " + error.message()});
    }
    std::sort(folders.begin(), folders.end());  // which of two links is followed does not depend on the disk
    for (const auto& inner : folders) walk(inner);
  }

  FileTree take() {
    std::sort(tree_.files.begin(), tree_.files.end());
    return std::move(tree_);
  }

 private:
  FileTree tree_;
  std::set<std::string> seen_;  // folders, without links
};

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return failed(path, errno);
  struct stat status = {};
  if (fstat(fileno(file.get()), &status) != 0) return failed(path, errno);
  if (S_ISDIR(status.st_mode)) return failed(path, EISDIR);  // reading it fails only later, and less clearly

  constexpr std::size_t piece = 64 * 1024;
  std::string out;
  while (out.size() < bytes_max) {
    const std::size_t before = out.size();
    out.resize(std::min(bytes_max, before + piece));
    errno = 0;
    const std::size_t count = std::fread(out.data() + before, 1, out.size() - before, file.get());
    out.resize(before + count);
    if (std::ferror(file.get()) != 0) return failed(path, errno);
    if (count == 0) break;
  }
  return out;
}

Status replace_file(const std::string& path, std::string_view bytes) {
  const std::string made = path + ".new";
  const auto not_written = [&] {
    return Error{ErrorCode::io, "cannot write '" + path + "': " + std::strerror(errno)};
  };
  std::unique_ptr<std::FILE, Closer> file(std::fopen(made.c_str(), "wbe"));
  if (!file) return not_written();
  const bool is_down = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                       std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0;
  if (!is_down || std::rename(made.c_str(), path.c_str()) != 0) return not_written();
  // The name is down when its folder is.
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int descriptor = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return not_written();
  const bool is_named = fsync(descriptor) == 0;
  close(descriptor);
  return is_named ? Status() : Status(not_written());
}

Result<std::vector<std::string>> list_files(const std::string& folder, Depth depth) {
  if (depth == Depth::tree) return list_by<std::filesystem::recursive_directory_iterator>(folder);
  return list_by<std::filesystem::directory_iterator>(folder);
}

FileTree list_tree(const std::string& folder) {
  TreeWalk walk;
  walk.walk(folder);
  return walk.take();
}

}  // namespace alarum

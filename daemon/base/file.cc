#include "daemon/base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sys/stat.h>

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

Result<std::vector<std::string>> list_files(const std::string& folder, Depth depth) {
  if (depth == Depth::tree) return list_by<std::filesystem::recursive_directory_iterator>(folder);
  return list_by<std::filesystem::directory_iterator>(folder);
}

}  // namespace alarum

#include "daemon/base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
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

}  // namespace alarum

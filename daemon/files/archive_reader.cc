#include "daemon/files/archive_reader.h"

#include "daemon/base/ensure.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace alarum {
namespace {

constexpr std::size_t block_bytes = 64 * 1024;

/// Filters that libarchive itself implements; the others would start programs.
constexpr std::array filters = {archive_read_support_filter_bzip2, archive_read_support_filter_compress,
                                archive_read_support_filter_gzip,  archive_read_support_filter_lz4,
                                archive_read_support_filter_lzip,  archive_read_support_filter_lzma,
                                archive_read_support_filter_xz,    archive_read_support_filter_zstd};

/// Everything that holds files; raw is what takes a file that is no archive.
constexpr std::array formats = {archive_read_support_format_7zip,  archive_read_support_format_cab,
                                archive_read_support_format_cpio,  archive_read_support_format_rar,
                                archive_read_support_format_rar5,  archive_read_support_format_tar,
                                archive_read_support_format_xar,   archive_read_support_format_zip,
                                archive_read_support_format_empty, archive_read_support_format_raw};

}  // namespace

class ArchiveReader::Impl {
 public:
  Impl(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {
    ENSURE(archive_ != nullptr, "libarchive has memory for a reader");
    for (const auto support : filters) support(archive_);
    for (const auto support : formats) support(archive_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    archive_read_free(archive_);
    if (descriptor_ != STDIN_FILENO) close(descriptor_);
  }

  Status start() {
    if (archive_read_open_fd(archive_, descriptor_, block_bytes) != ARCHIVE_OK) return failed();
    return {};
  }

  Result<std::optional<std::string>> next_member() {
    for (;;) {
      archive_entry* entry = nullptr;
      const int answer = archive_read_next_header(archive_, &entry);
      if (answer == ARCHIVE_EOF) return std::optional<std::string>();
      if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return failed();
      const int format = archive_format(archive_);
      if (format == ARCHIVE_FORMAT_RAW || format == ARCHIVE_FORMAT_EMPTY)
        return std::optional<std::string>("");
      if (archive_entry_filetype(entry) == AE_IFREG) return std::optional<std::string>(name_of(entry));
    }
  }

  Result<std::string_view> read() {
    const la_ssize_t count = archive_read_data(archive_, block_.data(), block_.size());
    if (count < 0) return failed();
    return std::string_view(block_.data(), static_cast<std::size_t>(count));
  }

  std::uint64_t bytes_read() const { return static_cast<std::uint64_t>(archive_filter_bytes(archive_, -1)); }

 private:
  Error failed() const {
    const char* const reason = archive_error_string(archive_);
    return {ErrorCode::io,
            "cannot read '" + path_ + "' to its end: " + (reason == nullptr ? "unknown" : reason)};
  }

  std::string name_of(archive_entry* entry) {
    ++members_;
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    return name == nullptr ? "member " + std::to_string(members_) : name;
  }

  std::string path_;
  int descriptor_;
  archive* archive_ = archive_read_new();
  std::array<char, block_bytes> block_{};
  std::size_t members_ = 0;
};

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;

Result<ArchiveReader> ArchiveReader::open(const std::string& path) {
  const int descriptor = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 "cannot open '" + path + "': " + std::strerror(errno)};
  }
  auto impl = std::make_unique<Impl>(path, descriptor);
  struct stat status = {};
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::invalid, "'" + path + "' is a folder; name the files in it"};
  }
  TRY_OK(impl->start());
  return ArchiveReader(std::move(impl));
}

Result<std::optional<std::string>> ArchiveReader::next_member() { return impl_->next_member(); }
Result<std::string_view> ArchiveReader::read() { return impl_->read(); }
std::uint64_t ArchiveReader::bytes_read() const { return impl_->bytes_read(); }

}  // namespace alarum

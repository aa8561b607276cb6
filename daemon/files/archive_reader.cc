#include "daemon/files/archive_reader.h"

#include "daemon/base/ensure.h"
#include "daemon/files/file_stream.h"
#include "daemon/files/gzip_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <utility>

namespace alarum {
namespace {

/// A file can be made that unpacks to itself.
constexpr int gzip_layers_max = 8;

/// Every time the archive is read anew up to the damage.
constexpr std::size_t resumes_max = 100;

/// A few bytes of an archive can claim a hole of exabytes.
constexpr std::uint64_t hole_bytes_max = 1U << 30U;

/// Filters that libarchive itself implements; the others would start programs. Gzip is ours.
constexpr std::array filters = {archive_read_support_filter_bzip2, archive_read_support_filter_compress,
                                archive_read_support_filter_lz4,   archive_read_support_filter_lzip,
                                archive_read_support_filter_lzma,  archive_read_support_filter_xz,
                                archive_read_support_filter_zstd};

/// Everything that holds files; raw is what takes a file that is no archive.
constexpr std::array formats = {archive_read_support_format_7zip,  archive_read_support_format_cab,
                                archive_read_support_format_cpio,  archive_read_support_format_rar,
                                archive_read_support_format_rar5,  archive_read_support_format_tar,
                                archive_read_support_format_xar,   archive_read_support_format_zip,
                                archive_read_support_format_empty, archive_read_support_format_raw};

}  // namespace

class ArchiveReader::Impl {
 public:
  Impl(std::string path, std::unique_ptr<FileStream> file)
      : path_(std::move(path)), file_(file.get()), stream_(std::move(file)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { archive_read_free(archive_); }

  Status start() {
    TRY_OK(peel_gzip());
    return open_archive();
  }

  Result<std::optional<std::string>> next_member() {
    member_.clear();
    bytes_unpacked_ = 0;
    if (is_lost_ && !can_resume()) return std::optional<std::string>();
    if (is_lost_) TRY_OK(resume());
    for (;;) {
      archive_entry* entry = nullptr;
      const int answer = archive_read_next_header(archive_, &entry);
      if (answer == ARCHIVE_EOF) {
        TRY_OK(check_end());
        return std::optional<std::string>();
      }
      if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return failed();
      ++headers_;
      const int format = archive_format(archive_);
      is_raw_ = format == ARCHIVE_FORMAT_RAW;
      if (is_raw_ || format == ARCHIVE_FORMAT_EMPTY) return std::optional<std::string>("");
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      member_ = name_of(entry);
      return std::optional<std::string>(member_);
    }
  }

  Result<std::string_view> read() {
    while (zeros_ahead_ == 0 && block_.empty()) {
      if (error_behind_block_) return *std::exchange(error_behind_block_, std::nullopt);
      if (!read_block()) return std::string_view();
    }
    if (zeros_ahead_ == 0) return std::exchange(block_, {});
    static constexpr std::array<char, 4096> zeros{};
    const auto count = std::min<std::uint64_t>(zeros_ahead_, zeros.size());
    zeros_ahead_ -= count;
    return std::string_view(zeros.data(), count);
  }

  std::uint64_t bytes_read() const { return file_->position(); }

 private:
  Status peel_gzip() {
    TRY(first_, piece_or_failure());
    for (; is_gzip(first_); ++gzip_layers_) {
      if (gzip_layers_ == gzip_layers_max) return failed_for("it is gzip in gzip, again and again");
      stream_ = make_gzip_stream(std::move(stream_), first_);
      TRY(first_, piece_or_failure());
    }
    return {};
  }

  Result<std::string_view> piece_or_failure() {
    auto piece = stream_->read();
    if (!piece) return failed_for(piece.error().message);
    return piece;
  }

  Status open_archive() {
    archive_read_free(archive_);
    archive_ = archive_read_new();
    ENSURE(archive_ != nullptr, "libarchive has memory for a reader");
    for (const auto support : filters) support(archive_);
    for (const auto support : formats) support(archive_);
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, give_piece);
    if (is_seekable()) archive_read_set_seek_callback(archive_, seek_in_file);
    if (archive_read_open1(archive_) != ARCHIVE_OK) return failed();
    return {};
  }

  bool is_seekable() const { return gzip_layers_ == 0 && file_->is_seekable(); }

  /// Whether members behind one that libarchive gave up can be found: a zip lists where they begin.
  bool can_resume() const {
    const int format = archive_format(archive_) & ARCHIVE_FORMAT_BASE_MASK;
    return format == ARCHIVE_FORMAT_ZIP && is_seekable() && resumes_ < resumes_max;
  }

  /// Begins anew, and passes over the members up to the one that was given up.
  Status resume() {
    ++resumes_;
    is_lost_ = false;
    first_ = {};
    if (const auto place = file_->seek(0, SEEK_SET); !place) return failed_for(place.error().message);
    TRY_OK(open_archive());
    for (std::size_t i = 0; i < headers_; ++i) {
      archive_entry* entry = nullptr;
      const int answer = archive_read_next_header(archive_, &entry);
      if (answer != ARCHIVE_OK && answer != ARCHIVE_WARN) return failed();
    }
    return {};
  }

  /// Takes the member's next block; false at its end. Of a block that comes with an error, both are kept.
  bool read_block() {
    if (is_lost_) return false;
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int answer = archive_read_data_block(archive_, &bytes, &size, &offset);
    if (answer == ARCHIVE_EOF) return false;
    is_lost_ = answer == ARCHIVE_FATAL;
    if (answer != ARCHIVE_OK) error_behind_block_ = failed();
    if (is_lost_ || bytes == nullptr || size == 0) return true;
    const auto place = static_cast<std::uint64_t>(offset);
    const std::uint64_t hole = place > bytes_unpacked_ ? place - bytes_unpacked_ : 0;
    if (hole > hole_bytes_max) {
      is_lost_ = true;
      error_behind_block_ = failed_for("there is a hole of " + std::to_string(hole) + " bytes in it");
      return true;
    }
    zeros_ahead_ = hole;
    bytes_unpacked_ += zeros_ahead_ + size;
    block_ = {static_cast<const char*>(bytes), size};
    return true;
  }

  /// libarchive's way to ask for bytes. It forgets what it has unpacked when that fails; so to it the stream
  /// ends there, and `check_end` or `failed` says why.
  static la_ssize_t give_piece(archive* /*archive*/, void* self, const void** piece) {
    const std::string_view bytes = static_cast<Impl*>(self)->next_piece();
    *piece = bytes.data();
    return static_cast<la_ssize_t>(bytes.size());
  }

  static la_int64_t seek_in_file(archive* /*archive*/, void* self, la_int64_t offset, int whence) {
    Impl& reader = *static_cast<Impl*>(self);
    reader.first_ = {};
    const auto place = reader.file_->seek(offset, whence);
    return place ? static_cast<la_int64_t>(*place) : ARCHIVE_FATAL;
  }

  std::string_view next_piece() {
    if (!first_.empty()) return note(std::exchange(first_, {}));
    if (damage_) return {};
    auto piece = stream_->read();
    if (piece) return note(*piece);
    damage_ = piece.error().message;
    return {};
  }

  std::string_view note(std::string_view piece) {
    const std::size_t last = piece.find_last_not_of('\0');
    if (last != std::string_view::npos) bytes_before_padding_ = bytes_given_ + last + 1;
    bytes_given_ += piece.size();
    return piece;
  }

  /// What libarchive leaves unread may be damaged as well (an archive says where it ends, and behind it
  /// stands gzip's checksum), and it takes what is no further stream of a packed file for its end.
  Status check_end() {
    const bool is_packed = archive_filter_count(archive_) > 1;
    if (gzip_layers_ > 0 || (is_raw_ && is_packed)) {
      while (!next_piece().empty()) continue;
    }
    if (damage_) return failed();
    const auto bytes_taken = static_cast<std::uint64_t>(archive_filter_bytes(archive_, -1));
    if (is_raw_ && is_packed && bytes_taken < bytes_before_padding_) {
      return failed_for("what stands behind its first " + std::to_string(bytes_taken) + " bytes is no " +
                        archive_filter_name(archive_, 0));
    }
    return {};
  }

  Error failed() const {
    const char* const reason = archive_error_string(archive_);
    return failed_for(damage_ ? *damage_ : reason == nullptr ? "unknown" : reason);
  }

  Error failed_for(const std::string& reason) const {
    if (member_.empty()) return {ErrorCode::io, "cannot read '" + path_ + "' to its end: " + reason};
    const bool is_last = is_lost_ && !can_resume();
    return {ErrorCode::io, "cannot read '" + path_ + "!" + member_ + "' to its end" +
                               (is_last ? ", nor what stands behind it: " : ": ") + reason};
  }

  std::string name_of(archive_entry* entry) {
    ++members_;
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    return name == nullptr ? "member " + std::to_string(members_) : name;
  }

  std::string path_;
  FileStream* file_;  // below stream_, which owns it
  std::unique_ptr<ByteStream> stream_;
  int gzip_layers_ = 0;
  std::string_view first_;  // read from stream_ to see what it is, not given yet
  std::optional<std::string> damage_;
  std::uint64_t bytes_given_ = 0;
  std::uint64_t bytes_before_padding_ = 0;  // of those given: all but the zeros at the end
  archive* archive_ = nullptr;
  bool is_raw_ = false;
  bool is_lost_ = false;  // libarchive gave up; why was said
  std::size_t headers_ = 0;
  std::size_t resumes_ = 0;
  std::size_t members_ = 0;
  std::string member_;                // the name of the one that is being read
  std::string_view block_;            // of the member, read and not given yet
  std::uint64_t zeros_ahead_ = 0;     // before block_: a hole in a sparse file
  std::uint64_t bytes_unpacked_ = 0;  // of the member
  std::optional<Error> error_behind_block_;
};

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;

Result<ArchiveReader> ArchiveReader::open(const std::string& path) {
  TRY(auto file, FileStream::open(path));
  auto impl = std::make_unique<Impl>(path, std::move(file));
  TRY_OK(impl->start());
  return ArchiveReader(std::move(impl));
}

Result<std::optional<std::string>> ArchiveReader::next_member() { return impl_->next_member(); }
Result<std::string_view> ArchiveReader::read() { return impl_->read(); }
std::uint64_t ArchiveReader::bytes_read() const { return impl_->bytes_read(); }

}  // namespace alarum

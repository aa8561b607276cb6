#include "daemon/files/gzip_stream.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <zlib.h>

namespace alarum {
namespace {

constexpr int window_bits_of_gzip = 15 + 16;  // the widest window; 16 asks for gzip's header and its checks

class GzipStream final : public ByteStream {
 public:
  GzipStream(std::unique_ptr<ByteStream> packed, std::string_view first) : packed_(std::move(packed)) {
    ENSURE(inflateInit2(&zlib_, window_bits_of_gzip) == Z_OK, "zlib has memory for a reader");
    take(first);
  }
  ~GzipStream() override { inflateEnd(&zlib_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  Result<std::string_view> read() override {
    zlib_.next_out = block_.data();
    zlib_.avail_out = static_cast<uInt>(block_.size());
    while (zlib_.avail_out > 0 && !is_at_end_ && !damage_) {
      if (Status status = step(); !status) damage_ = std::move(status).error();
    }
    const std::size_t size = block_.size() - zlib_.avail_out;
    if (size == 0 && damage_) return *damage_;
    return std::string_view(reinterpret_cast<const char*>(block_.data()), size);
  }

 private:
  Status step() {
    if (zlib_.avail_in == 0) {
      TRY(const std::string_view piece, packed_->read());
      take(piece);
      is_at_end_ = piece.empty();
      if (is_at_end_ && in_member_) return damaged("it ends too early");
      if (is_at_end_) return {};
    }
    if (!in_member_ && is_behind_member_) skip_padding();
    return zlib_.avail_in == 0 ? Status() : unpack();
  }

  Status unpack() {
    in_member_ = true;
    const int answer = inflate(&zlib_, Z_NO_FLUSH);
    if (answer == Z_OK || answer == Z_BUF_ERROR) return {};  // the latter: it needs more input, or more room
    if (answer != Z_STREAM_END && is_behind_member_ && zlib_.total_out == 0)
      return damaged("what stands behind a member is no other one");
    if (answer != Z_STREAM_END) return damaged(zlib_.msg == nullptr ? "out of memory" : zlib_.msg);
    in_member_ = false;
    is_behind_member_ = true;
    ENSURE(inflateReset(&zlib_) == Z_OK, "a reader at the end of a member is ready for another");
    return {};
  }

  void skip_padding() {
    while (zlib_.avail_in > 0 && *zlib_.next_in == 0) {
      ++zlib_.next_in;
      --zlib_.avail_in;
    }
  }

  void take(std::string_view piece) {
    zlib_.next_in = reinterpret_cast<const Bytef*>(piece.data());
    zlib_.avail_in = static_cast<uInt>(piece.size());
  }

  static Error damaged(const std::string& reason) {
    return {ErrorCode::io, "the gzip data is damaged: " + reason};
  }

  std::unique_ptr<ByteStream> packed_;
  z_stream zlib_ = {};
  std::array<Bytef, 64U << 10U> block_{};
  bool in_member_ = false;
  bool is_behind_member_ = false;
  bool is_at_end_ = false;
  std::optional<Error> damage_;
};

}  // namespace

bool is_gzip(std::string_view first) { return first.starts_with("\x1F\x8B"); }

std::unique_ptr<ByteStream> make_gzip_stream(std::unique_ptr<ByteStream> packed, std::string_view first) {
  return std::make_unique<GzipStream>(std::move(packed), first);
}

}  // namespace alarum

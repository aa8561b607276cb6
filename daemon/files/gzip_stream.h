#pragma once

#include "daemon/files/byte_stream.h"

#include <memory>

/// What gzip files hold (RFC 1952), checked to their last byte: the wall around zlib. libarchive unpacks gzip
/// as well, but compares neither checksums nor lengths and takes whatever stands behind a member for the end,
/// so that events would change or vanish in silence.
namespace alarum {

/// Whether a stream that begins with `first` is to be read as gzip.
bool is_gzip(std::string_view first);

/// The bytes that the gzip members of `packed`, one behind the other, unpack to. `first` is the piece that
/// was read from `packed` already. What was unpacked before a damage is delivered before the error. Zeros
/// behind a member are padding; anything else that is no member is an error.
std::unique_ptr<ByteStream> make_gzip_stream(std::unique_ptr<ByteStream> packed, std::string_view first);

}  // namespace alarum

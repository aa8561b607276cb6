#pragma once

#include "daemon/base/result.h"

#include <string_view>

namespace alarum {

/// Bytes in order: of a file, or what is unpacked from another stream. One thread.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// The next piece, valid until the next call; empty at the end. The message of an error is the bare reason,
  /// and comes again at every later call.
  virtual Result<std::string_view> read() = 0;
};

}  // namespace alarum

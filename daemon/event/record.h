#pragma once

#include "daemon/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alarum {

/// Where a record stands, for ever: the same bytes read again have the same coordinates. The timestamp tells
/// a topic from one of the same name that was created later; records of files have none.
struct Coordinates {
  std::string_view source;  ///< the configured name of the source; `replay` for files
  std::string_view topic;   ///< for a file: the path as given, `archive!member`, or `-`
  std::int32_t partition = 0;
  std::int64_t offset = 0;  ///< for a file: the line, from 0, where the object begins
  std::optional<Timestamp> timestamp;
};

/// The bytes of one message, with its coordinates. A view: bytes and names belong to the source that gave it,
/// and live until that source is asked for more.
struct Record {
  Coordinates coordinates;
  std::string_view bytes;
  bool truncated = false;  ///< the source cut it, because it was longer than records may be
  /// No event of this record can be later: when the broker appended it, or when we read it. Files have none.
  std::optional<Timestamp> latest_time = std::nullopt;
};

}  // namespace alarum

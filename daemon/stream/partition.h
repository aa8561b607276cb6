#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace alarum {

/// One partition of one source, for ever: what a lane reads, and what progress is kept by.
struct PartitionId {
  std::string source;
  std::string topic;
  std::int32_t number = 0;
  friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

}  // namespace alarum

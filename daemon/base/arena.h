#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace alarum {

/// Memory that is given out piece by piece and taken back all at once. Chunks are kept for the next round, so
/// that a lane stops allocating once it has seen its largest event. One thread.
class Arena {
 public:
  /// `size` bytes, valid until `reset`. Not aligned: meant for text.
  char* allocate(std::size_t size) {
    while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < size) {
      ++chunk_;
      used_ = 0;
    }
    if (chunk_ == chunks_.size()) {
      const std::size_t chunk_size = size > chunk_size_min ? size : chunk_size_min;
      chunks_.push_back({std::make_unique<char[]>(chunk_size), chunk_size});
      used_ = 0;
    }
    char* const out = chunks_[chunk_].bytes.get() + used_;
    used_ += size;
    return out;
  }

  /// A copy of `text`, valid until `reset`.
  std::string_view copy(std::string_view text) {
    char* const out = allocate(text.size());
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
  }

  /// Takes everything back.
  void reset() {
    chunk_ = 0;
    used_ = 0;
  }

 private:
  static constexpr std::size_t chunk_size_min = 64 * 1024;
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
};

}  // namespace alarum

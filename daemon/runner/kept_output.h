#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::runner {

/// The beginning of what a script writes, and how much came behind it.
class KeptOutput {
 public:
  /// Keeps at most so many bytes.
  explicit KeptOutput(std::size_t size_max) : size_max_(size_max) {}

  /// Takes the next bytes.
  void add(std::string_view bytes) {
    const std::size_t room = std::min(bytes.size(), size_max_ - kept_.size());
    kept_.append(bytes.substr(0, room));
    lost_ += bytes.size() - room;
  }

  /// What was kept, and how many bytes were not.
  const std::string& kept() const { return kept_; }
  std::uint64_t lost() const { return lost_; }

 private:
  std::size_t size_max_;
  std::string kept_;
  std::uint64_t lost_ = 0;
};

}  // namespace alarum::runner

#pragma once

#include "daemon/base/time.h"
#include "daemon/pipeline/line_status.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace alarum {

/// What a source gives in a second.
struct SourceRate {
  double records = 0;
  double events = 0;
};

/// By name of the source.
using SourceRates = std::map<std::string, SourceRate>;

/// Rates over the last seconds, from totals that are looked at regularly, so that whoever asks gets an answer
/// at once. One thread.
class RateWindow {
 public:
  /// How long the window is, and how often it wants to be fed.
  static constexpr Duration length = std::chrono::seconds(10);
  static constexpr Duration interval = std::chrono::seconds(1);

  /// Takes the totals as they are at `now`, a steady time.
  void add(Duration now, const LineStatus& line);

  /// Per second, between the first and the last look of the window; empty before the second look.
  SourceRates rates() const;

 private:
  struct Totals {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
  };
  struct Look {
    Duration at{0};
    std::map<std::string, Totals> sources;
  };

  std::deque<Look> looks_;
};

}  // namespace alarum

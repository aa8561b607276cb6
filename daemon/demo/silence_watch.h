#pragma once

#include "daemon/base/time.h"

#include <cstdint>
#include <optional>

namespace alarum::demo {

/// From when to when nothing was answered.
struct Silence {
  Duration begin{};  ///< of the first knock without an answer
  Duration end{};    ///< of the first answer behind it
};

/// Whether somebody who knocks again and again is answered. An answer that is late is no silence, nor is what
/// was before the first one: it takes ten knocks in a row behind an answer. It asks no clock. One thread.
class SilenceWatch {
 public:
  /// Somebody knocks.
  void note_knock(Duration now);
  /// Something is answered.
  void note_answer(Duration now);

  /// Whether anything was answered at all.
  bool has_heard() const { return has_heard_; }
  /// Since when nothing is answered; nothing where answers come.
  std::optional<Duration> silent_since() const;
  /// The last silence that is over.
  const std::optional<Silence>& last_silence() const { return last_silence_; }

 private:
  bool has_heard_ = false;
  Duration unanswered_since_{};
  std::uint64_t unanswered_ = 0;  // knocks since the last answer
  std::optional<Silence> last_silence_;
};

}  // namespace alarum::demo

#include "daemon/demo/silence_watch.h"

namespace alarum::demo {

void SilenceWatch::note_knock(Duration now) {
  if (unanswered_ == 0) unanswered_since_ = now;
  ++unanswered_;
}

void SilenceWatch::note_answer(Duration now) {
  if (const auto since = silent_since()) last_silence_ = Silence{*since, now};
  has_heard_ = true;
  unanswered_ = 0;
}

std::optional<Duration> SilenceWatch::silent_since() const {
  constexpr std::uint64_t knocks_min = 10;
  if (!has_heard_ || unanswered_ < knocks_min) return std::nullopt;
  return unanswered_since_;
}

}  // namespace alarum::demo

#pragma once

#include "daemon/demo/story_step.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace alarum::demo {

/// The attacks that a story can tell, one a platform: each a few events, of which one or two fire rules.
const std::vector<Attack>& attacks();

/// A working day without end, as log events: believable noise with attacks woven in, one stream of events a
/// platform, each as fast as it is asked for. It neither sleeps nor asks a clock: whoever sends the events
/// says what time it is. What comes out depends on the seed, the calls and their times alone. One thread.
class Story {
 public:
  explicit Story(std::uint64_t seed);

  /// Begins an attack with the next event of its platform; its further events follow with a few everyday ones
  /// between them. It may be begun again later. False, and nothing happens, where no attack has this name or
  /// its platform is still busy with one.
  bool begin(std::string_view attack);

  /// The next event of a platform's stream, which happens at `now`.
  StoryEvent next(Platform platform, Timestamp now);

  /// Whether some attack was begun and not all of its events were told.
  bool is_attack_under_way() const;

  /// How many events of the platform's stream were told.
  std::uint64_t position(Platform platform) const { return stream_of(platform).position; }

 private:
  struct Stream {
    Script script;
    std::uint64_t position = 0;
    std::span<const EventMaker> steps_left;  ///< of the attack that is going on
    std::uint64_t step_position = 0;         ///< where the next of them happens
  };

  Stream& stream_of(Platform platform) { return streams_[static_cast<std::size_t>(platform)]; }
  const Stream& stream_of(Platform platform) const { return streams_[static_cast<std::size_t>(platform)]; }

  std::uint64_t seed_;
  std::array<Stream, platforms.size()> streams_;
};

}  // namespace alarum::demo

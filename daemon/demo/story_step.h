#pragma once

#include "daemon/base/time.h"
#include "daemon/demo/event_story.h"
#include "daemon/demo/random.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace alarum::demo {

/// Where the story stands when an event happens. Handed to the event's maker, which draws from `random`.
struct Scene {
  Timestamp time;
  std::uint64_t position;  ///< of the event in the whole story, from 0; attacks that are left out count too
  Random random;
};

/// One event as it is printed.
struct StoryEvent {
  std::string_view
      category;  ///< its `event_kind`; empty elsewhere: Channel and EventID tell, or the log is of one kind
  std::string line;
};

/// Makes one event.
using EventMaker = StoryEvent (*)(Scene& scene);

/// An attack and how its event is made.
struct AttackStep {
  Attack attack;
  EventMaker make;
};

/// An everyday kind of event.
struct BackgroundKind {
  unsigned weight;  ///< how often, compared with the others of the platform
  EventMaker make;
};

/// An attack of the live story: a few events, one after the other.
struct LiveAttackScript {
  Attack attack;
  std::span<const EventMaker> steps;
};

/// What can happen on one platform. Points to tables that live as long as the program.
struct Script {
  std::span<const BackgroundKind> background;
  std::span<const AttackStep> attacks;
  std::span<const LiveAttackScript> live_attacks;
};

/// What can happen on this platform.
Script script_of(Platform platform);

/// An event of the script's background.
StoryEvent everyday_event(const Script& script, Scene& scene);

/// One of `kinds`, which is not empty, as often as its `weight` says.
template <class Kind>
const Kind& pick_weighted(std::span<const Kind> kinds, Random& random) {
  std::uint64_t total = 0;
  for (const Kind& kind : kinds) total += kind.weight;
  std::uint64_t left = random.below(total);
  for (const Kind& kind : kinds) {
    if (left < kind.weight) return kind;
    left -= kind.weight;
  }
  return kinds.back();
}

/// `pattern` with `{user}` replaced by `user`, `{word}` by an everyday name for a file, and `{number}` by a
/// number of five digits.
std::string filled(std::string_view pattern, std::string_view user, Random& random);

}  // namespace alarum::demo

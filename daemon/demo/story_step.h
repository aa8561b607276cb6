#pragma once

#include "daemon/base/time.h"
#include "daemon/demo/random.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// What stories are made of: who logs events, and how each of them comes about.
namespace alarum::demo {

/// Whose logs a stream of the story is.
enum class Platform {
  windows_hosts,  ///< flat JSON as nxlog ships Windows events
  linux_hosts,    ///< flat JSON with Sigma's field names and `event_kind`, the Sigma category
  web_servers,    ///< access logs as flat JSON with the field names of Sigma's category webserver
};

/// Every platform, in the order of their numbers.
constexpr std::array<Platform, 3> platforms = {Platform::windows_hosts, Platform::linux_hosts,
                                               Platform::web_servers};

/// The platform's name, in a word.
std::string_view platform_name(Platform platform);

/// An attack, and what has to come of it.
struct Attack {
  std::string_view name;
  Platform platform;
  std::string_view technique;               ///< of MITRE ATT&CK
  std::string_view summary;                 ///< what happens
  std::span<const std::string_view> rules;  ///< ids of the shipped rules that fire, each once
};

/// Where the story stands when an event happens. Handed to the event's maker, which draws from `random`.
struct Scene {
  Timestamp time;
  std::uint64_t position;  ///< of the event in its platform's stream, from 0
  Random random;
};

/// One event as it is logged.
struct StoryEvent {
  std::string_view
      category;  ///< its `event_kind`; empty elsewhere: Channel and EventID tell, or the log is of one kind
  std::string line;
};

/// Makes one event.
using EventMaker = StoryEvent (*)(Scene& scene);

/// An everyday kind of event.
struct BackgroundKind {
  unsigned weight;  ///< how often, compared with the others of the platform
  EventMaker make;
};

/// An attack as a few events, one after the other.
struct AttackScript {
  Attack attack;
  std::span<const EventMaker> steps;
};

/// What can happen on one platform. Points to tables that live as long as the program.
struct Script {
  std::span<const BackgroundKind> background;
  std::span<const AttackScript> attacks;
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

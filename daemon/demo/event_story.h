#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// A working day as log events: believable noise with attack steps woven in, the same for the same options.
/// `alarum-demo-story` prints it; the demo shows which attacks the shipped rules find.
namespace alarum::demo {

/// Whose logs the story is told in.
enum class Platform {
  windows_hosts,  ///< flat JSON as nxlog ships Windows events
  linux_hosts,    ///< flat JSON with Sigma's field names and `event_kind`, the Sigma category
  web_servers,    ///< access logs as flat JSON with the field names of Sigma's category webserver
};

/// Every platform, in the order of their numbers.
constexpr std::array<Platform, 3> platforms = {Platform::windows_hosts, Platform::linux_hosts,
                                               Platform::web_servers};

/// What `--platform` calls it.
std::string_view platform_name(Platform platform);

/// One attack: one event of the story.
struct Attack {
  std::string_view name;
  Platform platform;
  std::string_view technique;  ///< of MITRE ATT&CK
  std::string_view summary;    ///< what happens
};

/// Every attack there is, in the order in which they happen on their platform.
const std::vector<Attack>& attacks();

/// The `event_kind` values of Linux events.
const std::vector<std::string_view>& categories();

/// More background events than this are refused: a terabyte is no demo.
constexpr std::uint64_t story_events_max = 1'000'000'000;

/// Which story is told.
struct StoryOptions {
  Platform platform = Platform::windows_hosts;
  std::uint64_t events = 5000;  ///< of the background, up to `story_events_max`; attacks come on top
  std::uint64_t seed = 1;
  std::vector<std::string> without;  ///< names of attacks to leave out; all other lines stay as they are
  std::string category;              ///< Linux: only events of this `event_kind`; empty: all of them
};

/// Hands each event, one JSON object without line break, to `take` until that returns false. Cost: one
/// event's text at a time, whatever the number of events.
void write_story(const StoryOptions& options, const std::function<bool(std::string_view line)>& take);

}  // namespace alarum::demo

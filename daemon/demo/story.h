#pragma once

#include "daemon/base/time.h"
#include "daemon/demo/random.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A day at the office as logs tell it: believable background events, and a few attacks among them.
namespace alarum::demo {

/// A field of an event. Text whose value is all digits is written as a number.
struct StoryField {
  std::string_view name;
  std::string_view value;
};

/// One event, as a table row.
struct StoryEvent {
  std::vector<StoryField> fields;
};

/// Something an attacker does, and the events it leaves.
struct Attack {
  std::string_view name;
  std::string_view technique;  ///< of ATT&CK
  std::string_view summary;
  std::vector<StoryEvent> events;
};

/// What happens on one kind of host.
struct Platform {
  std::string_view name;
  std::string_view host_field;  ///< what its log shipper calls the host
  std::vector<std::string_view> hosts;
  std::vector<StoryEvent> background;
  std::vector<Attack> attacks;
};

/// Workstations and servers of a Windows domain: Security and Sysmon events, flat as nxlog writes them.
const Platform& windows_platform();

/// Web servers: process and file events; `event_kind` is their Sigma category.
const Platform& linux_platform();

struct StoryOptions {
  const Platform* platform = nullptr;
  std::size_t events = 5000;  ///< of the background
  std::uint64_t seed = 1;
  std::vector<std::string> without;  ///< names of attacks to leave out; all other lines stay the same
  std::string category;              ///< only events of this `event_kind`; empty: all
};

/// Tells the story, one JSON object a line (without the line break), until `take` returns false.
/// A function of the options alone.
void write_story(const StoryOptions& options, const std::function<bool(std::string_view line)>& take);

}  // namespace alarum::demo

#pragma once

#include "daemon/demo/linux_events.h"
#include "daemon/demo/story_step.h"

#include <array>
#include <string_view>

/// The topics that the demo writes and alarumd reads.
namespace alarum::demo {

/// One topic of one partition, a source of its own, so that the records that a source has accounted for tell
/// how far its partition was committed.
struct Stream {
  std::string_view name;  ///< of the topic and of the source
  Platform platform;
  std::string_view
      category;  ///< the `category` of the story's events that go here; empty: all of the platform
  std::string_view log_source;  ///< in the configuration, as JSON
};

/// Rules for Linux ask for a category, which a source of JSON says once for all of its events: two topics.
constexpr std::array<Stream, 4> streams = {{
    {"windows-events", Platform::windows_hosts, "", R"("windows")"},
    {"linux-processes", Platform::linux_hosts, linux_process_creation,
     R"({"product":"linux","category":"process_creation"})"},
    {"linux-files", Platform::linux_hosts, linux_file_event,
     R"({"product":"linux","category":"file_event"})"},
    {"web-access", Platform::web_servers, "", R"({"category":"webserver"})"},
}};

/// Index of the stream that an event belongs to.
constexpr std::size_t stream_of(Platform platform, std::string_view category) {
  std::size_t out = 0;
  while (streams[out].platform != platform || streams[out].category != category) ++out;
  return out;
}

}  // namespace alarum::demo

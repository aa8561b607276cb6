#pragma once

#include "daemon/base/json_writer.h"
#include "daemon/demo/story_step.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace alarum::demo {

/// Who logs an event, and what the event is called.
struct WindowsProvider {
  std::string_view channel;
  std::string_view source_name;
  std::string_view guid;
};

/// Builds one Windows event as nxlog ships it: flat, System fields first, then the event's own, then the
/// message. Used once.
class WindowsRecord {
 public:
  /// `title` opens the message; `event_type` is nxlog's, or Sysmon's where it has one.
  WindowsRecord(const Scene& scene, std::string_view host, const WindowsProvider& provider, unsigned event_id,
                std::string_view title, std::string_view event_type = "INFO");

  // The writer refers to the line beside it.
  WindowsRecord(const WindowsRecord&) = delete;
  WindowsRecord& operator=(const WindowsRecord&) = delete;

  /// Adds a field of the event's own.
  WindowsRecord& field(std::string_view name, std::string_view value);

  /// The finished event; nothing may be added after.
  StoryEvent finish();

 private:
  std::string line_;
  JsonWriter json_;
  std::string message_;
};

/// `2026-01-02 08:00:00.123`, as Sysmon writes times.
std::string sysmon_time(Timestamp time);

/// `value` as lower case hexadecimal digits, at least `width` of them.
std::string hexadecimal(std::uint64_t value, int width);

}  // namespace alarum::demo

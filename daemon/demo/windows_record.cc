#include "daemon/demo/windows_record.h"

#include <array>
#include <cstdio>
#include <utility>

namespace alarum::demo {
namespace {

constexpr std::int64_t record_number_first = 412'000;

}  // namespace

WindowsRecord::WindowsRecord(const Scene& scene, std::string_view host, const WindowsProvider& provider,
                             unsigned event_id, std::string_view title, std::string_view event_type)
    : json_(line_), message_(title) {
  json_.begin_object().key("@timestamp").text(format_time(scene.time));
  json_.key("EventTime").text(sysmon_time(scene.time).substr(0, 19));  // the story's hosts keep UTC
  json_.key("Hostname").text(host);
  json_.key("Channel").text(provider.channel);
  json_.key("EventID").number(event_id);
  json_.key("SourceName").text(provider.source_name);
  json_.key("ProviderGuid").text(provider.guid);
  json_.key("EventType").text(event_type);
  json_.key("Severity").text("INFO");
  json_.key("RecordNumber").number(record_number_first + static_cast<std::int64_t>(scene.position));
  json_.key("SourceModuleName").text("eventlog");
  json_.key("SourceModuleType").text("im_msvistalog");
}

WindowsRecord& WindowsRecord::field(std::string_view name, std::string_view value) {
  json_.key(name).text(value);
  message_.append("\r\n").append(name).append(": ").append(value);
  return *this;
}

StoryEvent WindowsRecord::finish() {
  json_.key("Message").text(message_).end_object();
  return {{}, std::move(line_)};
}

std::string sysmon_time(Timestamp time) {
  std::string out = format_time(time).substr(0, 23);
  out[10] = ' ';
  return out;
}

std::string hexadecimal(std::uint64_t value, int width) {
  std::array<char, 32> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%0*llx", width, static_cast<unsigned long long>(value));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace alarum::demo

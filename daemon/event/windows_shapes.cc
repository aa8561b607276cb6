// How Windows events are spelled: flat by the common shippers, and as the event's XML turned into JSON.
// Sources: Sigma rules specification, Field Usage 3 (attributes of <System> join by `_`; names of <EventData>
// as they are); the field mapping there (Image is NewProcessName in Security 4688).
#include "daemon/event/shape.h"

#include <algorithm>
#include <array>

namespace alarum {
namespace {

struct Alias {
  std::string_view field;
  std::string_view event_name;
};

/// What Windows itself names differently from Sysmon, whose names Sigma uses. Holds in every shape.
constexpr std::array native_aliases = {
    Alias{"Image", "NewProcessName"},
    Alias{"ParentImage", "ParentProcessName"},
};

/// What the flat shippers name differently from Windows.
constexpr std::array flat_aliases = {
    Alias{"Provider_Name", "SourceName"},
    Alias{"Computer", "Hostname"},
};

template <std::size_t Count>
void append_aliases(const std::array<Alias, Count>& aliases, std::string_view field,
                    std::vector<std::string>& out) {
  for (const Alias& alias : aliases) {
    if (alias.field == field) out.emplace_back(alias.event_name);
  }
}

std::vector<std::string> flat_names(std::string_view field) {
  std::vector<std::string> out = {std::string(field)};
  append_aliases(native_aliases, field, out);
  append_aliases(flat_aliases, field, out);
  return out;
}

/// Elements of <System> that say what the event is. They are read there first: <EventData> is written by
/// whoever logs, and a field of the same name there must not lead an event past its rules.
constexpr std::array<std::string_view, 5> system_first = {"Channel", "Computer", "EventID", "EventRecordID",
                                                          "Version"};

constexpr std::string_view system_prefix = "Event.System.";
constexpr std::string_view data_prefix = "Event.EventData.";
constexpr std::string_view user_data_prefix = "Event.UserData.";

/// An element may carry attributes; then its own text is one level deeper, and at its name stands an object.
void append_element(std::string name, std::vector<std::string>& out) {
  out.push_back(name + ".#text");
  out.push_back(std::move(name));
}

void append_system(std::string_view field, std::vector<std::string>& out) {
  append_element(std::string(system_prefix).append(field), out);
  if (const std::size_t join = field.find('_'); join != std::string_view::npos) {
    out.push_back(std::string(system_prefix)
                      .append(field.substr(0, join))
                      .append(".#attributes.")
                      .append(field.substr(join + 1)));
  }
}

void append_evtx_names(std::string_view field, std::vector<std::string>& out) {
  const bool is_system = std::find(system_first.begin(), system_first.end(), field) != system_first.end() ||
                         field == "Provider_Name";
  if (is_system) append_system(field, out);
  append_element(std::string(data_prefix).append(field), out);
  append_element(std::string(user_data_prefix).append(field), out);
  if (!is_system) append_system(field, out);
}

std::vector<std::string> evtx_names(std::string_view field) {
  std::vector<std::string> out;
  append_evtx_names(field, out);
  std::vector<std::string> aliases;
  append_aliases(native_aliases, field, aliases);
  for (const std::string& alias : aliases) append_evtx_names(alias, out);
  return out;
}

/// <UserData> wraps its fields in one element named by the provider, which rules do not name.
std::string evtx_canonical_name(std::string_view name) {
  if (!name.starts_with(user_data_prefix)) return std::string(name);
  const std::size_t dot = name.find('.', user_data_prefix.size());
  if (dot == std::string_view::npos) return std::string(name);
  return std::string(user_data_prefix).append(name.substr(dot + 1));
}

}  // namespace

const Shape windows_flat_shape = {
    .name = "windows_flat",
    .marker = "",
    .event_names = flat_names,
    .canonical_name = nullptr,
    .time_names = {"@timestamp", "EventTime"},
};

const Shape windows_evtx_shape = {
    .name = "windows_evtx",
    .marker = "Event.System",
    .event_names = evtx_names,
    .canonical_name = evtx_canonical_name,
    .time_names = {"Event.System.TimeCreated.#attributes.SystemTime"},
};

}  // namespace alarum

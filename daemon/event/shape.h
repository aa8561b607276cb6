#pragma once

#include "daemon/base/string_map.h"
#include "daemon/event/field_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// How a log source spells its events: for each field that rules name, the event's own names to try, in
/// order; the first that is there and not null wins, event by event. Never "either of them": that would make
/// `ParentImage: null` true for every event that uses only one of two spellings.
namespace alarum {

/// A spelling, as a table row: everything about it is a function of names.
struct Shape {
  std::string_view name;
  /// A name that only events of this shape have; empty for the shape that takes all others.
  std::string_view marker;
  /// The event names of a field, in order.
  std::vector<std::string> (*event_names)(std::string_view field);
  /// The event name under which `name` of a record is looked up; null where it is `name` itself.
  std::string (*canonical_name)(std::string_view name);
  /// The event names that hold the event time, in order; the first that parses is taken.
  std::vector<std::string_view> time_names;
};

/// An event name that some field of the plan, or the event time, can be read from.
struct EventName {
  std::uint32_t index = 0;
};

/// A shape worked out for the fields of one plan: a look-up instead of a function. Immutable.
class BoundShape {
 public:
  BoundShape(const Shape& shape, const FieldTable& fields);

  /// The shape, and how many of an event's own names it looks at: `EventName` counts them from 0.
  const Shape& shape() const { return *shape_; }
  std::size_t name_count() const { return names_.size(); }
  /// The event names to try for `field`, in order.
  std::span<const EventName> names_of(FieldId field) const { return names_of_field_[field.index]; }
  std::span<const EventName> time_names() const { return time_names_; }
  /// The event name that a record's `name` is, or null where nobody asks for it.
  const EventName* find(std::string_view name) const;

 private:
  EventName intern(std::string_view name);

  const Shape* shape_;
  StringMap<EventName> names_;
  std::vector<std::vector<EventName>> names_of_field_;
  std::vector<EventName> time_names_;
};

/// Fields have the names that rules use; nested objects are dotted names.
extern const Shape plain_shape;
/// Windows events as nxlog and winlogbeat write them: flat, with `SourceName` and `Hostname`.
extern const Shape windows_flat_shape;
/// Windows events as their XML in JSON: `Event.System`, `Event.EventData`, attributes under `#attributes`.
extern const Shape windows_evtx_shape;

}  // namespace alarum

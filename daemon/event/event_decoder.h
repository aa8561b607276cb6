#pragma once

#include "daemon/event/event.h"
#include "daemon/event/json_decoder.h"
#include "daemon/event/log_source.h"

#include <optional>
#include <vector>

/// Record → event: the bytes are decoded, the shape is recognised, the time is found, the log source is told.
namespace alarum {

/// An `EventFormat` bound to the fields of one plan. Immutable; any thread.
class BoundFormat {
 public:
  BoundFormat(EventFormat format, const FieldTable& fields);

  /// Tells the class of an event.
  const Router& router() const { return *format_.router; }
  /// In the order in which they are recognised; the last takes every event.
  const std::vector<BoundShape>& shapes() const { return shapes_; }

 private:
  EventFormat format_;
  std::vector<BoundShape> shapes_;
};

/// Makes events of records, one at a time. Owned and used by one lane.
class EventDecoder {
 public:
  /// `format` must outlive the decoder.
  EventDecoder(const BoundFormat& format, JsonLimits limits) : format_(&format), json_(limits) {}

  /// Turns `record` into `event()`. Nothing on success, else why it is none. `time_before` is the time for a
  /// record that says none and has none: that of the event before it in its file.
  std::optional<UndecodableReason> decode(const Record& record, std::optional<Timestamp> time_before);

  /// The event of the last successful `decode`.
  Event& event() { return event_; }

 private:
  void recognise_shape();
  void bind_names(const BoundShape& shape);
  void find_time(std::optional<Timestamp> time_before);

  const BoundFormat* format_;
  JsonDecoder json_;
  Event event_;
};

}  // namespace alarum

#include "daemon/event/event_decoder.h"

#include <algorithm>

namespace alarum {

BoundFormat::BoundFormat(EventFormat format, const FieldTable& fields) : format_(std::move(format)) {
  for (const Shape* shape : format_.shapes) shapes_.emplace_back(*shape, fields);
}

std::optional<UndecodableReason> EventDecoder::decode(const Record& record,
                                                      std::optional<Timestamp> time_before) {
  if (record.truncated) return UndecodableReason::too_large;
  if (const auto reason = json_.decode(record.bytes, event_.document_)) return reason;
  event_.coordinates_ = record.coordinates;
  event_.values_.assign(event_.document_.values.size(), FieldValue{});
  event_.is_read_.assign(event_.document_.fields.size(), false);
  event_.scalars_.clear();
  event_.text_.reset();
  recognise_shape();
  find_time(time_before);
  event_.event_class_ = format_->router().route(event_);
  return std::nullopt;
}

void EventDecoder::recognise_shape() {
  const auto& fields = event_.document_.fields;
  for (const BoundShape& shape : format_->shapes()) {
    const std::string_view marker = shape.shape().marker;
    const bool is_shape =
        marker.empty() || std::any_of(fields.begin(), fields.end(),
                                      [&](const JsonField& field) { return field.name == marker; });
    if (is_shape) return bind_names(shape);
  }
}

/// Finds, for each event name that somebody may ask for, where the record has it; of several that are the
/// same name to the shape, the first in the record that has a value.
void EventDecoder::bind_names(const BoundShape& shape) {
  event_.shape_ = &shape;
  event_.field_of_name_.assign(shape.name_count(), Event::no_field);
  const auto& fields = event_.document_.fields;
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    const EventName* const name = shape.find(fields[i].name);
    if (name == nullptr) continue;
    std::uint32_t& bound = event_.field_of_name_[name->index];
    if (bound == Event::no_field || (fields[bound].value_count == 0 && fields[i].value_count > 0)) bound = i;
  }
}

void EventDecoder::find_time(std::optional<Timestamp> time_before) {
  for (const EventName name : event_.shape_->time_names()) {
    const std::uint32_t index = event_.field_of_name_[name.index];
    if (index == Event::no_field) continue;
    const auto values = event_.read(event_.document_.fields[index]);
    if (values.empty() || values.front().kind != FieldValue::Kind::text) continue;
    if (const auto time = parse_time(values.front().text)) {
      event_.time_ = time;
      event_.time_basis_ = TimeBasis::event;
      return;
    }
  }
  event_.time_ = event_.coordinates_.timestamp ? event_.coordinates_.timestamp : time_before;
  event_.time_basis_ = event_.time_ ? TimeBasis::record : TimeBasis::unknown;
}

}  // namespace alarum

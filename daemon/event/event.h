#pragma once

#include "daemon/base/arena.h"
#include "daemon/event/field_reader.h"
#include "daemon/event/json_decoder.h"
#include "daemon/event/record.h"
#include "daemon/event/shape.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace alarum {

/// Where an event's time comes from.
enum class TimeBasis {
  event,    ///< the event says it
  record,   ///< its record's time; in a file, the time of the event before
  unknown,  ///< there is none
};

/// The basis as the word that stands in an alert.
std::string_view time_basis_name(TimeBasis basis);

/// What one record says happened. A view over the record's bytes: a value is found when a rule asks for its
/// field, and unescaped and folded then. Valid until its decoder is asked for the next one. Lane thread.
class Event final : public FieldReader {
 public:
  // As conditions see it.
  std::span<const FieldValue> values(FieldId field) override;
  bool exists(FieldId field) override;
  std::span<const FieldValue> all_values() override;

  /// Where its record stands; then its number in the record, and its time with where that comes from.
  const Coordinates& coordinates() const { return coordinates_; }
  std::int32_t ordinal() const { return 0; }  ///< records of JSON hold one event
  std::optional<Timestamp> time() const { return time_; }
  TimeBasis time_basis() const { return time_basis_; }
  /// Index into the router's classes: what kind of event it is.
  std::size_t event_class() const { return event_class_; }
  /// Everything the record says, by its own names.
  const JsonDocument& document() const { return document_; }
  /// The record's own entry for `field`: the first alias that is there and not null; null where there is
  /// none.
  const JsonField* find(FieldId field) const;
  /// The values of an entry of `document()`.
  std::span<const FieldValue> read(const JsonField& field);

 private:
  friend class EventDecoder;
  static constexpr std::uint32_t no_field = 0xFFFFFFFFU;

  Coordinates coordinates_;
  JsonDocument document_;
  std::optional<Timestamp> time_;
  TimeBasis time_basis_ = TimeBasis::unknown;
  std::size_t event_class_ = 0;

  const BoundShape* shape_ = nullptr;
  std::vector<std::uint32_t> field_of_name_;  // by EventName: the index of the record's field
  std::vector<FieldValue> values_;            // beside document_.values
  std::vector<bool> is_read_;                 // by field of the record: whether its values_ are filled
  std::vector<FieldValue> scalars_;           // all_values, once asked for
  Arena text_;
};

}  // namespace alarum

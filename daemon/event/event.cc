#include "daemon/event/event.h"

#include "daemon/base/ensure.h"
#include "daemon/base/fold.h"

#include <algorithm>

namespace alarum {
namespace {

FieldValue::Kind kind_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::text: return FieldValue::Kind::text;
    case JsonKind::number: return FieldValue::Kind::number;
    case JsonKind::boolean: return FieldValue::Kind::boolean;
    case JsonKind::object: return FieldValue::Kind::object;
  }
  return FieldValue::Kind::object;
}

/// Whether folding could change the text: it has upper-case ASCII, or something that is not ASCII.
bool may_fold(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80U; });
}

FieldValue read_value(const JsonValue& value, Arena& arena) {
  FieldValue out;
  out.kind = kind_of(value.kind);
  if (value.kind == JsonKind::object) return out;
  if (value.kind == JsonKind::text) {
    const auto text = unescape(value.raw, arena);
    ENSURE(text.has_value(), "the decoder lets no wrong escape through");
    out.text = *text;
  } else {
    out.text = value.raw;
  }
  out.folded = may_fold(out.text) ? arena.copy(folded(out.text)) : out.text;
  return out;
}

}  // namespace

std::string_view time_basis_name(TimeBasis basis) {
  switch (basis) {
    case TimeBasis::event: return "event";
    case TimeBasis::record: return "record";
    case TimeBasis::unknown: return "unknown";
  }
  return "unknown";
}

const JsonField* Event::find(FieldId field) const {
  for (const EventName name : shape_->names_of(field)) {
    const std::uint32_t index = field_of_name_[name.index];
    if (index != no_field && document_.fields[index].value_count > 0) return &document_.fields[index];
  }
  return nullptr;
}

std::span<const FieldValue> Event::values(FieldId field) {
  const JsonField* const found = find(field);
  return found == nullptr ? std::span<const FieldValue>() : read(*found);
}

bool Event::exists(FieldId field) {
  const auto names = shape_->names_of(field);
  return std::any_of(names.begin(), names.end(), [&](EventName name) {
    const std::uint32_t index = field_of_name_[name.index];
    return index != no_field && (document_.fields[index].value_count > 0 || document_.fields[index].has_null);
  });
}

std::span<const FieldValue> Event::all_values() {
  if (scalars_.empty()) {
    for (const JsonField& field : document_.fields) {
      for (const FieldValue& value : read(field)) {
        if (value.kind != FieldValue::Kind::object) scalars_.push_back(value);
      }
    }
  }
  return scalars_;
}

std::span<const FieldValue> Event::read(const JsonField& field) {
  const auto index = static_cast<std::size_t>(&field - document_.fields.data());
  const std::uint32_t end = field.first_value + field.value_count;
  if (!is_read_[index]) {
    for (std::uint32_t i = field.first_value; i < end; ++i)
      values_[i] = read_value(document_.values[i], text_);
    is_read_[index] = true;
  }
  return std::span(values_).subspan(field.first_value, field.value_count);
}

}  // namespace alarum

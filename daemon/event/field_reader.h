#pragma once

#include "daemon/event/field_table.h"

#include <span>
#include <string_view>

namespace alarum {

/// One value as a condition sees it. Views that live as long as what was read.
struct FieldValue {
  enum class Kind { text, number, boolean, object };
  Kind kind = Kind::text;
  std::string_view text;    ///< unescaped text; the spelling of a number or boolean; empty for an object
  std::string_view folded;  ///< `text` in simple case folding
};

/// What a condition is asked of: an event today, alerts and incidents when playbooks come. The seam that lets
/// one predicate serve them all. Reading may fill caches, so one thread at a time.
class FieldReader {
 public:
  virtual ~FieldReader() = default;

  /// The values of a field that are not null; several for an array, none where it is missing.
  virtual std::span<const FieldValue> values(FieldId field) = 0;

  /// Whether the field is there at all, be it null.
  virtual bool exists(FieldId field) = 0;

  /// Every scalar there is, whatever its name: where keywords look.
  virtual std::span<const FieldValue> all_values() = 0;
};

}  // namespace alarum

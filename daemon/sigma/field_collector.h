#pragma once

#include "daemon/event/field_table.h"

#include <cstdint>
#include <set>
#include <vector>

namespace alarum::sigma {

/// Gathers the fields that a rule names, in the order of their first mention and each once, however many.
class FieldCollector {
 public:
  /// Goes on with what is in `fields`, which must outlive this.
  explicit FieldCollector(std::vector<FieldId>& fields) : fields_(fields) {
    for (const FieldId field : fields) known_.insert(field.index);
  }

  /// Appends `field`, unless it is there.
  void add(FieldId field) {
    if (known_.insert(field.index).second) fields_.push_back(field);
  }

 private:
  std::vector<FieldId>& fields_;
  std::set<std::uint32_t> known_;
};

}  // namespace alarum::sigma

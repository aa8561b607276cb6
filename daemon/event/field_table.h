#pragma once

#include "daemon/base/string_map.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace alarum {

/// A field that some rule names. An index into the plan's `FieldTable`.
struct FieldId {
  std::uint32_t index = 0;
  friend bool operator==(const FieldId&, const FieldId&) = default;
};

/// Appends `name` as it compares: without spaces (Sigma rules specification, Field Usage 2).
inline void append_without_spaces(std::string& out, std::string_view name) {
  std::copy_if(name.begin(), name.end(), std::back_inserter(out), [](char c) { return c != ' '; });
}

/// The spelling under which field names compare.
std::string without_spaces(std::string_view name);

/// Every field that the rules of one plan name. Filled while rules are loaded, then only read.
class FieldTable {
 public:
  /// The id of `name`; names that differ only by spaces are one field.
  FieldId intern(std::string_view name);
  std::string_view name(FieldId field) const { return names_[field.index]; }
  std::size_t size() const { return names_.size(); }

 private:
  std::vector<std::string> names_;
  StringMap<FieldId> ids_;
};

}  // namespace alarum

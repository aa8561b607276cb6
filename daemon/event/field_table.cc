#include "daemon/event/field_table.h"

namespace alarum {

std::string without_spaces(std::string_view name) {
  std::string out;
  append_without_spaces(out, name);
  return out;
}

FieldId FieldTable::intern(std::string_view name) {
  const auto [place, is_new] =
      ids_.try_emplace(without_spaces(name), FieldId{static_cast<std::uint32_t>(names_.size())});
  if (is_new) names_.push_back(place->first);
  return place->second;
}

}  // namespace alarum

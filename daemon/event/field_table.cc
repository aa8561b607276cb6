#include "daemon/event/field_table.h"

#include <algorithm>
#include <iterator>

namespace alarum {

std::string without_spaces(std::string_view name) {
  std::string out;
  std::copy_if(name.begin(), name.end(), std::back_inserter(out), [](char c) { return c != ' '; });
  return out;
}

FieldId FieldTable::intern(std::string_view name) {
  const auto [place, is_new] =
      ids_.try_emplace(without_spaces(name), FieldId{static_cast<std::uint32_t>(names_.size())});
  if (is_new) names_.push_back(place->first);
  return place->second;
}

std::optional<FieldId> FieldTable::find(std::string_view name) const {
  const auto place = ids_.find(without_spaces(name));
  if (place == ids_.end()) return std::nullopt;
  return place->second;
}

}  // namespace alarum

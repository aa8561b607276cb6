#include "daemon/event/shape.h"

namespace alarum {
namespace {

std::vector<std::string> same_name(std::string_view field) { return {std::string(field)}; }

}  // namespace

const Shape plain_shape = {
    .name = "plain",
    .marker = "",
    .event_names = same_name,
    .canonical_name = nullptr,
    .time_names = {"@timestamp", "timestamp", "eventTime", "time"},
};

BoundShape::BoundShape(const Shape& shape, const FieldTable& fields) : shape_(&shape) {
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    std::vector<EventName>& names = names_of_field_.emplace_back();
    for (const std::string& name : shape.event_names(fields.name({i}))) names.push_back(intern(name));
  }
  for (const std::string_view name : shape.time_names) time_names_.push_back(intern(name));
}

const EventName* BoundShape::find(std::string_view name) const {
  const auto place =
      shape_->canonical_name == nullptr ? names_.find(name) : names_.find(shape_->canonical_name(name));
  return place == names_.end() ? nullptr : &place->second;
}

EventName BoundShape::intern(std::string_view name) {
  return names_.try_emplace(std::string(name), EventName{static_cast<std::uint32_t>(names_.size())})
      .first->second;
}

}  // namespace alarum

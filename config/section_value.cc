#include "config/section_value.h"

#include "daemon/base/ensure.h"

#include <algorithm>

namespace alarum {

std::string Origin::to_text() const {
  if (is_default()) return "default";
  const std::string& path = source->file().path;
  if (value.line == 0) return path;
  return path + ":" + std::to_string(value.line) + ":" + std::to_string(value.column);
}

SectionValue::SectionValue(const Section& section) : section_(&section) {
  for (const Option& option : section.options) {
    Setting& setting = settings_.emplace_back();
    setting.option = &option;
    if (option.type == Option::Type::section) setting.sections.emplace_back(*option.section);
    if (option.default_value.empty()) continue;
    const std::vector<std::string> texts(option.default_value.begin(), option.default_value.end());
    auto value = parse_value(option, option.name, texts);
    ENSURE(value.has_value(), "the default of an option is one of its values");
    setting.value = *std::move(value);
  }
}

Setting* SectionValue::find(std::string_view key) {
  const auto found = std::find_if(settings_.begin(), settings_.end(),
                                  [&](const Setting& setting) { return setting.option->name == key; });
  return found == settings_.end() ? nullptr : &*found;
}

const Setting* SectionValue::find(std::string_view key) const {
  return const_cast<SectionValue*>(this)->find(key);
}

const Setting& SectionValue::at(std::string_view path) const {
  const std::size_t point = std::min(path.find('.'), path.size());
  const Setting* const found = find(path.substr(0, point));
  ENSURE(found != nullptr, "an option that is read is described");
  if (point == path.size()) return *found;
  ENSURE(found->sections.size() == 1, "a path leads through sections");
  return found->sections.front().at(path.substr(point + 1));
}

const OptionValue& SectionValue::value(std::string_view path) const { return at(path).value; }

const SectionValue& SectionValue::section_at(std::string_view path) const {
  return at(path).sections.front();
}

}  // namespace alarum

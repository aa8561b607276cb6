#include "config/section_check.h"

#include "config/section_reader.h"

#include <algorithm>

namespace alarum {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : " or ").append(word);
  return out;
}

/// What the section's `kind` says; empty where there is none, or a refused one.
std::string kind_of(const SectionValue& section) {
  const Setting* const kind = section.find("kind");
  return kind == nullptr ? std::string() : kind->value.text();
}

bool goes_with(const Option& option, const std::string& kind) {
  return option.kinds.empty() ||
         std::find(option.kinds.begin(), option.kinds.end(), kind) != option.kinds.end();
}

void check_kind(const SectionValue& section, const std::string& path) {
  const std::string kind = kind_of(section);
  if (kind.empty()) return;
  for (const Setting& setting : section.settings()) {
    if (setting.origin.is_default() || goes_with(*setting.option, kind)) continue;
    setting.origin.source->error(
        setting.origin.key, "wrong_kind",
        "'" + path_of(path, setting.option->name) + "' does not go with kind '" + kind + "'",
        "it belongs to kind " + joined(setting.option->kinds));
  }
}

bool is_set(const Setting& setting) { return !setting.origin.is_default() || !setting.value.texts.empty(); }

void check_required(const SectionValue& section, const std::string& path) {
  const std::string kind = kind_of(section);
  for (const Setting& setting : section.settings()) {
    const Option& option = *setting.option;
    const bool is_needed = option.is_required && goes_with(option, kind);
    if (is_needed && !is_set(setting) && !setting.was_refused) {
      section.origin().source->error(section.origin().value, "missing_key",
                                     "'" + path_of(path, option.name) + "' is missing",
                                     "it takes " + expectation(option));
    }
    const auto size = static_cast<std::int64_t>(setting.value.texts.size());
    if (is_list(option) && option.is_required && !setting.origin.is_default() && size == 0) {
      setting.origin.source->error(setting.origin.value, "invalid_value",
                                   "'" + path_of(path, option.name) + "' is an empty list",
                                   "it takes " + expectation(option));
    }
  }
}

/// Names both, since either may be the one that is not meant.
void check_exclusion(const SectionValue& section, const std::string& path) {
  const Setting* first = nullptr;
  for (const std::string_view key : section.section().at_most_one) {
    const Setting* const setting = section.find(key);
    if (setting == nullptr || setting->origin.is_default()) continue;
    if (first != nullptr) {
      setting->origin.source->error(setting->origin.key, "excluded_key",
                                    "'" + path + "' takes " + joined(section.section().at_most_one) +
                                        ", not both; the other is at " + first->origin.to_text());
    }
    first = setting;
  }
}

}  // namespace

void check_section(const SectionValue& section, const std::string& path) {
  if (!section.origin().is_default()) {
    check_required(section, path);
    check_kind(section, path);
    check_exclusion(section, path);
  }
  for (const Setting& setting : section.settings()) {
    const bool is_entry = is_section_list(*setting.option);
    for (const SectionValue& nested : setting.sections)
      check_section(nested, path_of(path, setting.option->name) + (is_entry ? "[]" : ""));
  }
}

}  // namespace alarum

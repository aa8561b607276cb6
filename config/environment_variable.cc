#include "config/environment_variable.h"

#include "daemon/base/suggest.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::string_view prefix = "ALARUM_";
constexpr std::string_view separator = "__";

/// `dead_letter` as `DEAD_LETTER`.
std::string upper(std::string_view key) {
  std::string out(key);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// Every variable that stands for an option below `section`.
void add_names(const Section& section, const std::string& start, std::vector<std::string>& out) {
  for (const Option& option : section.options) {
    const std::string name = start + upper(option.name);
    if (option.type == Option::Type::section) {
      add_names(*option.section, name + std::string(separator), out);
    } else if (!is_nested(option)) {
      out.push_back(name);
    }
  }
}

void refuse_unknown(const Section& root, std::string_view name, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  add_names(root, std::string(prefix), names);
  const std::vector<std::string_view> known(names.begin(), names.end());
  diagnostics.error({}, "unknown_key", "no option has this name", did_you_mean(name, known));
}

void set(Setting& setting, const std::string& path, const std::string& text, Diagnostics& diagnostics) {
  const Option& option = *setting.option;
  if (is_nested(option)) {
    const std::string what = is_section_list(option) ? "lists of sections" : "mappings";
    diagnostics.error({}, "not_in_environment",
                      "'" + path + "' cannot be set by the environment, since " + what + " cannot",
                      "write it into a file below conf.d");
    return;
  }
  auto value =
      parse_value(option, path, is_list(option) ? split_at_commas(text) : std::vector<std::string>{text});
  if (!value) return diagnostics.error({}, "invalid_value", value.error().message);
  setting.value = *std::move(value);
  setting.origin = {&diagnostics, {}, {}};
}

}  // namespace

bool is_setting_variable(const Section& root, std::string_view name) {
  if (!name.starts_with(prefix)) return false;
  if (name.find(separator) != std::string_view::npos) return true;
  return std::any_of(root.options.begin(), root.options.end(), [&](const Option& option) {
    return option.type != Option::Type::section && upper(option.name) == name.substr(prefix.size());
  });
}

void read_variable_into(SectionValue& root, std::string_view name, const std::string& text,
                        Diagnostics& diagnostics) {
  SectionValue* section = &root;
  std::string path;
  for (std::string_view rest = name.substr(prefix.size());;) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    auto& settings = section->settings();
    const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& setting) {
      return upper(setting.option->name) == rest.substr(0, end);
    });
    const bool is_last = end == rest.size();
    if (found == settings.end()) return refuse_unknown(root.section(), name, diagnostics);
    const bool is_section = found->option->type == Option::Type::section;
    // A section has keys, and nothing but a section has; what cannot be set at all says so wherever it ends.
    const bool has_path = is_section ? !is_last : is_last || is_nested(*found->option);
    if (!has_path) return refuse_unknown(root.section(), name, diagnostics);
    path.append(path.empty() ? "" : ".").append(found->option->name);
    if (!is_section) return set(*found, path, text, diagnostics);
    section = &found->sections.front();
    // A section is written once anything in it is; where a file did that, its place is worth more.
    if (section->origin().is_default()) section->set_origin({&diagnostics, {}, {}});
    if (found->origin.is_default()) found->origin = {&diagnostics, {}, {}};
    rest.remove_prefix(end + separator.size());
  }
}

}  // namespace alarum

#include "config/settings.h"

#include "daemon/base/ensure.h"
#include "daemon/base/suggest.h"

#include <algorithm>

namespace alarum {
namespace {

constexpr std::string_view variable_prefix = "ALARUM_";

/// The part of a value that is no text where the option takes one; null where there is none.
const YamlNode* part_without_text(const YamlNode& value, const Option& option) {
  const auto is_text = [](const YamlNode& node) { return node.is_scalar() && !node.is_null(); };
  if (option.type != Option::Type::text_list || !value.is_sequence())
    return is_text(value) ? nullptr : &value;
  const auto found = std::find_if_not(value.items.begin(), value.items.end(), is_text);
  return found == value.items.end() ? nullptr : &*found;
}

std::vector<std::string> texts_of(const YamlNode& value) {
  if (value.is_scalar()) return {value.text};
  std::vector<std::string> out;
  for (const YamlNode& item : value.items) out.push_back(item.text);
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

/// `rules.paths` as `ALARUM_RULES__PATHS`.
std::string variable_name(std::string_view option) {
  std::string out(variable_prefix);
  for (const char c : option) {
    if (c == '.') {
      out += "__";
    } else {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

std::string_view section_of(std::string_view option) { return option.substr(0, option.find('.')); }

}  // namespace

Settings::Settings(std::span<const Option> options) {
  for (const Option& option : options) {
    const std::vector<std::string> texts(option.default_value.begin(), option.default_value.end());
    auto value = parse_value(option, texts);
    ENSURE(value.has_value(), "the default of an option is one of its values");
    entries_.emplace(option.name, Entry{&option, *std::move(value), "default"});
  }
}

std::vector<std::string_view> Settings::sections() const {
  std::vector<std::string_view> out;
  for (const auto& [name, entry] : entries_) {
    if (out.empty() || out.back() != section_of(name)) out.push_back(section_of(name));
  }
  return out;
}

std::vector<std::string_view> Settings::names_below(std::string_view section) const {
  std::vector<std::string_view> out;
  for (const auto& [name, entry] : entries_) {
    if (section_of(name) == section) out.push_back(name.substr(section.size() + 1));
  }
  return out;
}

void Settings::read_file(const SourceFile& file, std::vector<Diagnostic>& problems) {
  Diagnostics diagnostics(file);
  const auto documents = parse_yaml(file, diagnostics);
  if (documents.size() > 1) {
    diagnostics.error(documents[1].root.start, "several_documents",
                      "a configuration file is one YAML document",
                      "put the second one into a file of its own below conf.d");
  }
  if (!diagnostics.has_errors() && !documents.empty()) {
    const YamlNode& root = documents.front().root;
    if (!root.is_mapping()) {
      diagnostics.error(root.start, "invalid_value",
                        "a configuration is sections of keys, not " + std::string(root.kind_name()));
    }
    for (const YamlMember& section : root.members) read_section(section, diagnostics);
  }
  problems.insert(problems.end(), diagnostics.items().begin(), diagnostics.items().end());
}

void Settings::read_section(const YamlMember& section, Diagnostics& diagnostics) {
  const auto known = names_below(section.key.text);
  if (known.empty()) {
    diagnostics.error(section.key.start, "unknown_key", "unknown section '" + section.key.text + "'",
                      did_you_mean(section.key.text, sections()));
    return;
  }
  if (section.value.is_null()) return;
  if (!section.value.is_mapping()) {
    diagnostics.error(
        section.value.start, "invalid_value",
        "'" + section.key.text + "' is " + std::string(section.value.kind_name()) + ", not a section",
        "write its keys below it, indented");
    return;
  }
  for (const YamlMember& member : section.value.members) {
    if (std::find(known.begin(), known.end(), member.key.text) == known.end()) {
      diagnostics.error(member.key.start, "unknown_key",
                        "unknown key '" + member.key.text + "' in section '" + section.key.text + "'",
                        did_you_mean(member.key.text, known));
    } else {
      read_member(section.key.text + "." + member.key.text, member, diagnostics);
    }
  }
}

void Settings::read_member(const std::string& name, const YamlMember& member, Diagnostics& diagnostics) {
  Entry& entry = entries_.find(name)->second;
  if (const YamlNode* const part = part_without_text(member.value, *entry.option)) {
    diagnostics.error(
        part->start, "invalid_value",
        "'" + name + "' takes " + expectation(*entry.option) + "; this is " + std::string(part->kind_name()));
    return;
  }
  const std::vector<std::string> texts = texts_of(member.value);
  auto value = parse_value(*entry.option, texts);
  if (!value) {
    diagnostics.error(member.value.start, "invalid_value", value.error().message,
                      did_you_mean(texts.front(), entry.option->words));
    return;
  }
  entry.value = *std::move(value);
  entry.origin = diagnostics.file().path + ":" + std::to_string(member.value.start.line) + ":" +
                 std::to_string(member.value.start.column);
}

void Settings::read_environment(std::span<const std::string> variables, std::vector<Diagnostic>& problems) {
  for (const std::string& variable : variables) {
    const std::size_t name_size = std::min(variable.find('='), variable.size());
    const bool is_setting = variable.starts_with(variable_prefix) && variable.find("__") < name_size;
    if (is_setting) read_variable(variable, problems);
  }
}

void Settings::read_variable(const std::string& variable, std::vector<Diagnostic>& problems) {
  const std::size_t name_size = std::min(variable.find('='), variable.size());
  const std::string name = variable.substr(0, name_size);
  const std::string text = variable.substr(std::min(name_size + 1, variable.size()));
  const auto refuse = [&](std::string_view reason, std::string message, std::string hint) {
    problems.push_back({Severity::error,
                        "environment variable " + name,
                        {},
                        reason,
                        std::move(message),
                        std::move(hint),
                        ""});
  };
  std::vector<std::string> known;
  for (auto& [option_name, entry] : entries_) {
    known.push_back(variable_name(option_name));
    if (known.back() != name) continue;
    const bool is_list = entry.option->type == Option::Type::text_list;
    auto value = parse_value(*entry.option, is_list ? split_at_commas(text) : std::vector<std::string>{text});
    if (!value) return refuse("invalid_value", value.error().message, "");
    entry.value = *std::move(value);
    entry.origin = "environment variable " + name;
    return;
  }
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  refuse("unknown_key", "no option has this name", did_you_mean(name, candidates));
}

const OptionValue& Settings::value(std::string_view name) const {
  const auto found = entries_.find(name);
  ENSURE(found != entries_.end(), "an option that is read is described");
  return found->second.value;
}

const std::string& Settings::origin(std::string_view name) const {
  const auto found = entries_.find(name);
  ENSURE(found != entries_.end(), "an option that is read is described");
  return found->second.origin;
}

}  // namespace alarum

#include "config/section_reader.h"

#include "config/mapping_value.h"
#include "daemon/base/suggest.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

namespace alarum {
namespace {

using Type = Option::Type;

/// The part of a value that is no text where the option takes one; null where there is none.
const YamlNode* part_without_text(const YamlNode& value, const Option& option) {
  const auto is_text = [](const YamlNode& node) { return node.is_scalar() && !node.is_null(); };
  if (!is_list(option) || !value.is_sequence()) return is_text(value) ? nullptr : &value;
  const auto found = std::find_if_not(value.items.begin(), value.items.end(), is_text);
  return found == value.items.end() ? nullptr : &*found;
}

std::vector<std::string> texts_of(const YamlNode& value) {
  if (value.is_scalar()) return {value.text};
  std::vector<std::string> out;
  for (const YamlNode& item : value.items) out.push_back(item.text);
  return out;
}

void refuse_shape(const Setting& setting, const std::string& path, const YamlNode& part,
                  Diagnostics& diagnostics) {
  diagnostics.error(
      part.start, "invalid_value",
      "'" + path + "' takes " + expectation(*setting.option) + "; this is " + std::string(part.kind_name()));
}

/// A value without sections in it; nothing where it is refused.
std::optional<OptionValue> read_value(const Setting& setting, const std::string& path, const YamlNode& value,
                                      Diagnostics& diagnostics) {
  const Option& option = *setting.option;
  const bool takes_mapping = option.type == Type::properties || option.type == Type::property_files;
  if (value.is_mapping() && (takes_mapping || option.type == Type::attributes))
    return parse_mapping(option, path, value, diagnostics);
  const YamlNode* const part = takes_mapping ? &value : part_without_text(value, option);
  if (part != nullptr) {
    refuse_shape(setting, path, *part, diagnostics);
    return std::nullopt;
  }
  const std::vector<std::string> texts = texts_of(value);
  auto parsed = parse_value(option, path, texts);
  if (parsed) return *std::move(parsed);
  const std::string hint =
      option.type == Type::attributes || texts.empty() ? "" : did_you_mean(texts.front(), option.words);
  diagnostics.error(value.start, "invalid_value", parsed.error().message, hint);
  return std::nullopt;
}

/// A name tells an entry from the others, wherever those are described.
void check_name(const std::vector<SectionValue>& before, const SectionValue& entry, const std::string& path) {
  const Setting& name = entry.at("name");
  for (const SectionValue& other : before) {
    const Setting& taken = other.at("name");
    if (name.value.text().empty() || taken.value.text() != name.value.text()) continue;
    name.origin.source->error(
        name.origin.value, "duplicate_name",
        "'" + path + "' has a '" + name.value.text() + "' already, at " + taken.origin.to_text(),
        "give the two different names, or make them one");
    return;
  }
}

void read_entries(const YamlNode& list, const std::string& path, Setting& into, Diagnostics& diagnostics) {
  if (list.is_null()) return;
  if (!list.is_sequence()) {
    diagnostics.error(list.start, "invalid_value",
                      "'" + path + "' takes a list of sections; this is " + std::string(list.kind_name()),
                      "begin each of them with '- name: '");
    return;
  }
  for (const YamlNode& item : list.items) {
    if (!item.is_mapping()) {
      diagnostics.error(item.start, "invalid_value",
                        "'" + path + "[]' is " + std::string(item.kind_name()) + ", not a section",
                        "begin it with 'name: '");
      continue;
    }
    SectionValue entry(*into.option->section);
    entry.set_origin({&diagnostics, item.start, item.start});
    read_section(item, path + "[]", entry, diagnostics);
    check_name(into.sections, entry, path);
    into.sections.push_back(std::move(entry));
  }
}

/// `chat` as `{responder: chat}`, where that is the first key.
YamlNode written_out(const YamlNode& text, std::string_view first_key) {
  YamlNode out;
  out.kind = YamlNode::Kind::mapping;
  out.start = text.start;
  YamlMember& member = out.members.emplace_back();
  member.key.text = first_key;
  member.key.start = text.start;
  member.value = text;
  return out;
}

/// A list whose entries may be a text alone; and so may the list, where it has one entry.
void read_short_entries(const YamlMember& member, const std::string& path, Setting& into,
                        Diagnostics& diagnostics) {
  const YamlNode& value = member.value;
  const std::span<const YamlNode> items = value.is_sequence() ? std::span(value.items) : std::span(&value, 1);
  const std::string_view first_key = into.option->section->options.front().name;
  for (const YamlNode& item : items) {
    if (item.is_null() || item.is_sequence()) {
      diagnostics.error(item.start, "invalid_value",
                        "'" + path + "[]' is " + std::string(item.kind_name()) + ", not a section",
                        "write a text, or begin it with '" + std::string(first_key) + ": '");
      continue;
    }
    SectionValue entry(*into.option->section);
    entry.set_origin({&diagnostics, item.start, item.start});
    read_section(item.is_mapping() ? item : written_out(item, first_key), path + "[]", entry, diagnostics);
    into.sections.push_back(std::move(entry));
  }
  if (!items.empty()) return;
  diagnostics.error(value.start, "invalid_value", "'" + path + "' is an empty list",
                    "it takes " + expectation(*into.option));
}

/// What a selection means is not for us to say: it is kept as it is.
std::optional<OptionValue> read_selection(const Setting& setting, const std::string& path,
                                          const YamlNode& value, Diagnostics& diagnostics) {
  if (value.is_scalar()) {
    refuse_shape(setting, path, value, diagnostics);
    return std::nullopt;
  }
  OptionValue out;
  out.node = std::make_shared<const YamlNode>(value);
  return out;
}

void read_nested(const YamlMember& member, const std::string& path, Setting& into, Diagnostics& diagnostics) {
  if (!member.value.is_mapping() && !member.value.is_null()) {
    diagnostics.error(member.value.start, "invalid_value",
                      "'" + path + "' is " + std::string(member.value.kind_name()) + ", not a section",
                      "write its keys below it, indented");
    return;
  }
  into.sections.front().set_origin({&diagnostics, member.key.start, member.value.start});
  if (member.value.is_mapping()) read_section(member.value, path, into.sections.front(), diagnostics);
}

void read_member(const YamlMember& member, const std::string& path, Setting& into, Diagnostics& diagnostics) {
  const Origin origin{&diagnostics, member.key.start, member.value.start};
  if (into.option->type == Type::section_list) {
    into.origin = origin;
    return read_entries(member.value, path, into, diagnostics);
  }
  if (into.option->type == Type::short_list) {
    into.origin = origin;
    return read_short_entries(member, path, into, diagnostics);
  }
  if (into.option->type == Type::section) {
    into.origin = origin;
    return read_nested(member, path, into, diagnostics);
  }
  auto value = into.option->type == Type::selection ? read_selection(into, path, member.value, diagnostics)
                                                    : read_value(into, path, member.value, diagnostics);
  into.was_refused = !value;
  if (!value) return;
  into.value = *std::move(value);
  into.origin = origin;
}

}  // namespace

std::string path_of(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

void read_section(const YamlNode& mapping, const std::string& path, SectionValue& into,
                  Diagnostics& diagnostics) {
  for (const YamlMember& member : mapping.members) {
    const std::string& key = member.key.text;
    Setting* const setting = into.find(key);
    if (setting != nullptr) {
      read_member(member, path_of(path, key), *setting, diagnostics);
      continue;
    }
    std::vector<std::string_view> known;
    for (const Option& option : into.section().options) known.push_back(option.name);
    std::string message = path.empty() ? "unknown section '" : "unknown key '";
    message.append(key).append("'");
    if (!path.empty()) message.append(" in section '").append(path).append("'");
    diagnostics.error(member.key.start, "unknown_key", message, did_you_mean(key, known));
  }
}

}  // namespace alarum

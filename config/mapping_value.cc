#include "config/mapping_value.h"

#include "daemon/base/fold.h"
#include "daemon/base/suggest.h"

#include <algorithm>

namespace alarum {
namespace {

bool is_text(const YamlNode& node) { return node.is_scalar() && !node.is_null(); }

std::string filled(std::string_view hint, const std::string& name) {
  std::string out(hint);
  const std::size_t at = out.find('%');
  if (at != std::string::npos) out.replace(at, 1, name);
  return out;
}

/// `product=windows,service=security`: the order of the words, whatever that of the file.
std::optional<OptionValue> parse_attributes(const Option& option, const std::string& path,
                                            const YamlNode& mapping, Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.error_count();
  for (const YamlMember& member : mapping.members) {
    if (std::find(option.words.begin(), option.words.end(), member.key.text) == option.words.end()) {
      diagnostics.error(member.key.start, "unknown_key",
                        "unknown key '" + member.key.text + "' in section '" + path + "'",
                        did_you_mean(member.key.text, option.words));
    } else if (!is_text(member.value)) {
      diagnostics.error(member.value.start, "invalid_value",
                        "'" + path + "." + member.key.text + "' takes a text; this is " +
                            std::string(member.value.kind_name()));
    } else if (member.value.text.empty() || member.value.text.find_first_of(",=") != std::string::npos) {
      diagnostics.error(member.value.start, "invalid_value",
                        "'" + path + "." + member.key.text + "' takes a text without ',' and '=', not '" +
                            member.value.text + "'");
    }
  }
  if (mapping.members.empty()) {
    diagnostics.error(mapping.start, "invalid_value",
                      "'" + path + "' takes " + expectation(option) + "; this one has none of them");
  }
  if (diagnostics.error_count() > errors_before) return std::nullopt;
  std::string text;
  for (const std::string_view word : option.words) {
    const YamlNode* const value = mapping.find(word);
    if (value != nullptr) text.append(text.empty() ? "" : ",").append(word).append("=").append(value->text);
  }
  OptionValue out;
  out.texts.push_back(std::move(text));
  return out;
}

/// Says what is wrong with a property, if anything is.
bool check_property(const Option& option, const std::string& path, const YamlMember& member,
                    Diagnostics& diagnostics) {
  const std::string& name = member.key.text;
  const std::string folded_name = folded(name);
  for (const RefusedProperty& refused : option.refused) {
    if (folded_name.find(refused.part) == std::string::npos) continue;
    diagnostics.error(member.key.start, "refused_property",
                      "the property '" + name + "' " + std::string(refused.why), filled(refused.hint, name));
    return false;
  }
  if (!name.empty() && is_text(member.value)) return true;
  diagnostics.error(member.value.start, "invalid_value",
                    "'" + path + "' takes " + expectation(option) + "; '" + name + "' is " +
                        (name.empty() ? std::string("no name") : std::string(member.value.kind_name())));
  return false;
}

}  // namespace

std::optional<OptionValue> parse_mapping(const Option& option, const std::string& path,
                                         const YamlNode& mapping, Diagnostics& diagnostics) {
  if (option.type == Option::Type::attributes) return parse_attributes(option, path, mapping, diagnostics);
  OptionValue out;
  bool is_good = true;
  for (const YamlMember& member : mapping.members) {
    if (check_property(option, path, member, diagnostics)) {
      out.named_texts.push_back({member.key.text, member.value.text, member.key.start});
    } else {
      is_good = false;
    }
  }
  if (!is_good) return std::nullopt;
  return out;
}

}  // namespace alarum

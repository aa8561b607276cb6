#include "daemon/respond/playbook_condition.h"

#include "daemon/base/fold.h"
#include "daemon/base/printable.h"
#include "daemon/base/suggest.h"
#include "daemon/base/utf8.h"
#include "daemon/respond/playbook_fields.h"
#include "daemon/sigma/detection_parser.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace alarum {
namespace {

constexpr std::string_view condition_key = "condition";
constexpr std::string_view only_identifier = "when";
constexpr std::array<std::string_view, 4> order_modifiers = {"lt", "lte", "gt", "gte"};

YamlNode text_at(std::string_view text, Position start) {
  YamlNode out;
  out.text = text;
  out.quoted = true;
  out.start = start;
  return out;
}

/// `A|gte|neq` as `A`, `gte` and `neq`.
std::vector<std::string> split_key(std::string_view key) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= key.size();) {
    const std::size_t end = std::min(key.find('|', at), key.size());
    out.emplace_back(key.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool has_order(std::string_view modifier) {
  return std::find(order_modifiers.begin(), order_modifiers.end(), modifier) != order_modifiers.end();
}

bool compares(std::size_t seen, std::string_view modifier, std::size_t wanted) {
  if (modifier == "lt") return seen < wanted;
  if (modifier == "lte") return seen <= wanted;
  return modifier == "gt" ? seen > wanted : seen >= wanted;
}

/// All scalars of a value, those of nested lists too.
std::vector<const YamlNode*> scalars_of(const YamlNode& value) {
  std::vector<const YamlNode*> out;
  if (value.is_scalar()) out.push_back(&value);
  for (const YamlNode& item : value.items) {
    const auto inner = scalars_of(item);
    out.insert(out.end(), inner.begin(), inner.end());
  }
  return out;
}

std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) out.append(" ").append(word);
  return out;
}

/// Checks the names and words of a selection, and writes it as Sigma knows it: a comparison of levels becomes
/// the list of the levels that fulfil it. What is wrong becomes what is always right, so that it is told
/// once.
class SelectionWriter {
 public:
  explicit SelectionWriter(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  YamlNode write(const YamlNode& node) {
    if (node.is_scalar()) return refuse_keyword(node.start);
    YamlNode out = node;
    for (YamlNode& item : out.items) item = write(item);
    for (YamlMember& member : out.members) write_item(member);
    return out;
  }

 private:
  YamlNode refuse_keyword(Position at) {
    diagnostics_.error(at, "keyword", "a condition of a playbook names the fields that it looks at",
                       "write 'field: value'");
    YamlNode out;
    out.kind = YamlNode::Kind::mapping;
    out.start = at;
    out.members.push_back({text_at("level", at), text_at("*", at)});
    return out;
  }

  void write_item(YamlMember& member) {
    const std::vector<std::string> key = split_key(member.key.text);
    const std::string name = without_spaces(key.front());
    if (name.empty()) {
      member = refuse_keyword(member.key.start).members.front();
      return;
    }
    const PlaybookField* const field = find_playbook_field(name);
    if (field == nullptr) return refuse_field(member.key.start, name);
    warn_of_type(member.key.start, name);
    const auto order = std::find_if(key.begin() + 1, key.end(), has_order);
    if (field->is_ordered && order != key.end()) return write_order(member, *field, key, *order);
    const bool is_plain = std::all_of(key.begin() + 1, key.end(),
                                      [](const std::string& modifier) { return modifier == "neq"; });
    if (is_plain && !field->words.empty()) check_words(member, *field);
    if (std::find(key.begin() + 1, key.end(), "fieldref") != key.end()) check_references(member.value);
  }

  void refuse_field(Position at, const std::string& name) {
    std::vector<std::string> names;
    for (const PlaybookField& field : playbook_fields()) {
      if (field.name != entity_prefix) names.emplace_back(field.name);
    }
    for (const std::string_view type : usual_entity_types())
      names.push_back(std::string(entity_prefix) + std::string(type));
    const std::vector<std::string_view> known(names.begin(), names.end());
    // Most who forget the prefix name an entity.
    const bool is_entity =
        std::find(known.begin(), known.end(), std::string(entity_prefix) + name) != known.end();
    diagnostics_.error(
        at, "unknown_field", "alerts and incidents have no field '" + name + "'",
        is_entity ? "write '" + std::string(entity_prefix) + name + "'" : did_you_mean(name, known));
  }

  /// Rules may give entities of any type, so it may be meant.
  void warn_of_type(Position at, std::string_view name) {
    if (!name.starts_with(entity_prefix)) return;
    name.remove_prefix(entity_prefix.size());
    const auto types = usual_entity_types();
    const std::string hint = did_you_mean(name, types);
    if (hint.empty() || std::find(types.begin(), types.end(), name) != types.end()) return;
    diagnostics_.warning(at, "unusual_entity",
                         "only rules that say so give entities of type '" + std::string(name) + "'", hint);
  }

  void write_order(YamlMember& member, const PlaybookField& field, const std::vector<std::string>& key,
                   const std::string& order) {
    const std::string label = "'" + std::string(field.name) + "|" + order + "'";
    const auto word = std::find(field.words.begin(), field.words.end(), folded(member.value.text));
    std::vector<std::string_view> fulfilling;
    for (std::size_t i = 0; i < field.words.size(); ++i) {
      if (compares(i, order, static_cast<std::size_t>(word - field.words.begin())))
        fulfilling.push_back(field.words[i]);
    }
    const Position at = member.value.start;
    if (!member.value.is_scalar() || word == field.words.end()) {
      diagnostics_.error(at, "invalid_value", label + " takes one of" + listed(field.words),
                         did_you_mean(member.value.text, field.words));
      fulfilling = {"*"};
    } else if (fulfilling.empty()) {
      diagnostics_.error(at, "invalid_value",
                         label + ": there is nothing beyond '" + member.value.text + "'");
      fulfilling = {"*"};
    }
    member.key.text = key.front();
    for (auto modifier = key.begin() + 1; modifier != key.end(); ++modifier) {
      if (&*modifier != &order) member.key.text.append("|").append(*modifier);
    }
    member.value = {};
    member.value.kind = YamlNode::Kind::sequence;
    member.value.start = at;
    for (const std::string_view value : fulfilling) member.value.items.push_back(text_at(value, at));
  }

  /// A word that the field never has: most likely it was meant to be another one.
  void check_words(const YamlMember& member, const PlaybookField& field) {
    for (const YamlNode* const value : scalars_of(member.value)) {
      const bool is_known =
          std::find(field.words.begin(), field.words.end(), folded(value->text)) != field.words.end();
      if (is_known || value->is_null() || value->text.find_first_of("*?") != std::string::npos) continue;
      diagnostics_.error(value->start, "invalid_value",
                         "'" + std::string(field.name) + "' is one of" + listed(field.words) + ", never '" +
                             value->text + "'",
                         did_you_mean(value->text, field.words));
    }
  }

  void check_references(const YamlNode& value) {
    for (const YamlNode* const name : scalars_of(value)) {
      if (find_playbook_field(without_spaces(name->text)) == nullptr)
        refuse_field(name->start, without_spaces(name->text));
    }
  }

  Diagnostics& diagnostics_;
};

/// As a rule would have it: `{when: …, condition: when}`, unless it has a condition of its own.
YamlNode detection_of(const YamlNode& when, Diagnostics& diagnostics) {
  SelectionWriter writer(diagnostics);
  YamlNode out;
  out.kind = YamlNode::Kind::mapping;
  out.start = when.start;
  if (when.find(condition_key) == nullptr) {
    out.members.push_back({text_at(only_identifier, when.start), writer.write(when)});
    out.members.push_back({text_at(condition_key, when.start), text_at(only_identifier, when.start)});
    return out;
  }
  out = when;
  for (YamlMember& member : out.members) {
    if (member.key.text != condition_key) member.value = writer.write(member.value);
  }
  return out;
}

/// Gives the items the names that were written, so that explanations show those.
void restore_names(const YamlNode& written, sigma::Selection& selection) {
  for (std::size_t i = 0; i < selection.parts.size(); ++i) {
    if (written.is_mapping()) {
      selection.parts[i].item.name = written.members[i].key.text;
    } else {
      restore_names(written.items[i], selection.parts[i]);
    }
  }
}

// ---- why not

constexpr std::size_t shown_items_max = 8;
constexpr std::size_t shown_values_max = 3;
constexpr std::size_t shown_characters_max = 60;

std::string beginning(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < shown_characters_max && at < text.size(); ++i)
    at += code_point_at(text, at).size;
  return printable(text.substr(0, at)) + (at < text.size() ? "…" : "");
}

std::string item_text(const sigma::Explanation& item) {
  if (item.seen.empty()) return beginning(item.label) + " is missing";
  std::string out = beginning(item.label) + " is";
  for (std::size_t i = 0; i < std::min(item.seen.size(), shown_values_max); ++i)
    out += (i == 0 ? " '" : ", '") + beginning(item.seen[i]) + "'";
  return out + (item.seen.size() > shown_values_max ? ", …" : "");
}

/// The items because of which a part is not as it should be.
void collect(const sigma::Explanation& part, bool should_hold, std::vector<std::string>& out) {
  if ((part.verdict == sigma::Verdict::yes) == should_hold) return;
  if (part.kind == sigma::Explanation::Kind::item) {
    std::string text = item_text(part);
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
    return;
  }
  const bool is_negation = part.kind == sigma::Explanation::Kind::condition && part.label == "not";
  for (const sigma::Explanation& inner : part.parts) collect(inner, should_hold != is_negation, out);
}

}  // namespace

std::optional<sigma::Rule> parse_when(const YamlNode& when, FieldTable& fields, Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.error_count();
  const YamlNode detection = detection_of(when, diagnostics);
  sigma::Rule rule;
  sigma::parse_detection(detection, rule, fields, diagnostics);
  if (diagnostics.error_count() > errors_before) return std::nullopt;
  for (sigma::SearchIdentifier& identifier : rule.identifiers) {
    const YamlNode* const written = when.find(condition_key) == nullptr ? &when : when.find(identifier.name);
    restore_names(*written, identifier.selection);
  }
  return rule;
}

std::string why_not(const sigma::Explanation& explanation) {
  std::vector<std::string> items;
  collect(explanation, true, items);
  std::string out;
  for (std::size_t i = 0; i < std::min(items.size(), shown_items_max); ++i)
    out += (i == 0 ? "" : ", ") + items[i];
  return out + (items.size() > shown_items_max ? ", …" : "");
}

}  // namespace alarum

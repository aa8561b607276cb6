#include "daemon/sigma/detection_parser.h"

#include "daemon/sigma/condition_parser.h"
#include "daemon/sigma/field_collector.h"
#include "daemon/sigma/modifiers.h"

#include <algorithm>
#include <iterator>

namespace alarum::sigma {
namespace {

constexpr std::string_view condition_key = "condition";
/// Of rules that count, before Sigma had correlations: no search identifier.
constexpr std::string_view timeframe_key = "timeframe";
/// Many times what the largest rules have; beyond it a rule costs more than it can be worth.
constexpr std::size_t identifiers_max = 1000;

/// A scalar of the file as a value, before any modifier.
Value plain_value(const YamlNode& node) {
  if (node.is_null()) return NullValue{};
  if (const auto boolean = node.as_bool()) return BooleanValue{*boolean};
  if (const auto number = node.as_number()) {
    if (const auto decimal = Decimal::parse(*number)) return make_number(*decimal, node.text);
  }
  return make_text(node.text);
}

class DetectionParser {
 public:
  DetectionParser(Rule& rule, FieldTable& fields, Diagnostics& diagnostics)
      : rule_(rule), fields_(fields), diagnostics_(diagnostics), named_fields_(rule.fields) {}

  void parse(const YamlNode& detection) {
    if (!detection.is_mapping()) {
      diagnostics_.error(detection.start, "invalid_value",
                         "'detection' is " + std::string(detection.kind_name()) + ", not a mapping");
      return;
    }
    for (const YamlMember& member : detection.members) {
      if (member.key.text == condition_key) continue;
      if (member.key.text == timeframe_key) {
        diagnostics_.warning(member.key.start, "unused_timeframe", "'timeframe' has no effect",
                             "count and correlate in a correlation rule");
        continue;
      }
      if (rule_.identifiers.size() == identifiers_max) {
        diagnostics_.error(member.key.start, "too_large",
                           "more than " + std::to_string(identifiers_max) + " search identifiers",
                           "split the rule");
        return;
      }
      add_identifier(member);
      if (budget_.is_exceeded()) return;
    }
    const YamlNode* const condition = detection.find(condition_key);
    if (condition == nullptr) {
      diagnostics_.error(detection.start, "missing_field", "'detection' has no 'condition'");
    } else {
      parse_conditions(*condition);
    }
  }

 private:
  void add_identifier(const YamlMember& member) {
    if (member.key.text.find('|') != std::string::npos) {
      diagnostics_.warning(member.key.start, "odd_identifier",
                           "modifiers belong to fields; here '|' is part of the search identifier's name");
    }
    rule_.identifiers.push_back({parse_selection(member.value), member.key.text, member.key.start});
  }

  // ---- selections

  Selection parse_selection(const YamlNode& node) {
    if (node.is_mapping()) return parse_map(node);
    if (node.is_sequence()) return parse_list(node);
    return parse_keywords(node, {&node});
  }

  /// All lines of a map have to hold.
  Selection parse_map(const YamlNode& node) {
    Selection out;
    out.kind = Selection::Kind::all_of;
    if (node.members.empty()) diagnostics_.error(node.start, "invalid_value", "the selection is empty");
    for (const YamlMember& member : node.members) {
      if (budget_.is_exceeded()) break;
      Selection& part = out.parts.emplace_back();
      part.item = parse_item(member.key, member.value);
    }
    return out;
  }

  /// Any part of a list has to hold: its maps, its lists, and its scalars, which are keywords.
  Selection parse_list(const YamlNode& node) {
    if (node.items.empty()) diagnostics_.error(node.start, "invalid_value", "the selection is empty");
    Selection out;
    out.kind = Selection::Kind::any_of;
    std::vector<const YamlNode*> keywords;
    for (const YamlNode& item : node.items) {
      if (item.is_scalar()) {
        keywords.push_back(&item);
      } else {
        out.parts.push_back(parse_selection(item));
      }
      if (budget_.is_exceeded()) return out;
    }
    if (keywords.empty()) return out;
    Selection words = parse_keywords(node, keywords);
    if (out.parts.empty()) return words;
    out.parts.push_back(std::move(words));
    return out;
  }

  Selection parse_keywords(const YamlNode& node, const std::vector<const YamlNode*>& words) {
    Selection out;
    YamlNode nameless;
    nameless.start = node.start;
    out.item = parse_item_values(nameless, words);
    return out;
  }

  // ---- items

  /// Whether the rule may cost so much more; the first time it may not is an error.
  bool spend(std::size_t bytes, const YamlNode& where) {
    const bool was_exceeded = budget_.is_exceeded();
    if (budget_.spend(bytes)) return true;
    if (!was_exceeded) report_excess(where.start);
    return false;
  }

  void report_excess(Position where) {
    diagnostics_.error(where, "too_large",
                       "the items of this rule and what modifiers make of their values take more than " +
                           std::to_string(RuleBudget::bytes_max >> 20U) + " MiB",
                       "split the rule");
  }

  Item parse_item(const YamlNode& key, const YamlNode& value) {
    std::vector<const YamlNode*> values;
    if (!collect_scalars(key, value, values)) return {};
    return parse_item_values(key, values);
  }

  /// The scalars of an item's value; lists may nest.
  bool collect_scalars(const YamlNode& key, const YamlNode& value, std::vector<const YamlNode*>& out) {
    if (value.is_scalar()) {
      out.push_back(&value);
      return true;
    }
    if (value.is_sequence()) {
      return std::all_of(value.items.begin(), value.items.end(),
                         [&](const YamlNode& item) { return collect_scalars(key, item, out); });
    }
    diagnostics_.error(value.start, "invalid_value", "the value of '" + key.text + "' is a mapping",
                       "write nested fields with dots: 'process.name: …'");
    return false;
  }

  Item parse_item_values(const YamlNode& key, const std::vector<const YamlNode*>& nodes) {
    Item out;
    out.name = key.text;
    const std::size_t name_size = std::min(key.text.find('|'), key.text.size());
    if (name_size > 0) out.field = intern(key.text.substr(0, name_size));

    if (!spend(RuleBudget::item_cost, key)) return out;
    ModifiedItem modified;
    modified.has_field = out.field.has_value();
    for (const YamlNode* node : nodes) {
      if (!check_value(*node, nodes.size(), modified.has_field)) continue;
      Value value = value_of(*node, modified);
      if (!spend(RuleBudget::cost_of(value), *node)) return out;
      modified.values.push_back({std::move(value)});
    }
    if (nodes.empty() && !out.field) {
      diagnostics_.error(key.start, "invalid_value", "the selection is empty");
      return out;
    }
    if (nodes.empty()) modified.values.push_back({NullValue{}});  // pySigma: an empty list is null
    if (!apply_modifiers(key, name_size, modified)) return out;
    if (!out.field) make_keywords(key.text, modified);
    note_references(modified);
    warn_of_hexadecimal(nodes, modified);
    warn_of_empty(key, nodes, modified);
    if (modified.all && modified.values.size() < 2) {
      diagnostics_.warning(key.start, "all_of_one", "modifier 'all' over a single value",
                           "the specification allows 'all' for lists only; leave it out");
    }
    set_values(std::move(modified.values), out);
    out.all = modified.all;
    out.negated = modified.negated;
    return out;
  }

  static void set_values(std::vector<Alternatives> written, Item& out) {
    for (Alternatives& forms : written) {
      out.forms.push_back(static_cast<std::uint32_t>(forms.size()));
      std::move(forms.begin(), forms.end(), std::back_inserter(out.values));
    }
    if (out.values.size() == out.forms.size()) out.forms.clear();
  }

  bool check_value(const YamlNode& node, std::size_t count, bool has_field) {
    const bool null_in_list = node.is_null() && count > 1;
    if (null_in_list || (node.is_null() && !has_field)) {
      diagnostics_.error(node.start, "invalid_value",
                         null_in_list ? "null cannot be one of several values" : "null is no keyword",
                         null_in_list ? "give null a search identifier of its own" : "");
      return false;
    }
    return true;
  }

  /// Where a value is a number after its modifiers; as text it means what is written.
  void warn_of_hexadecimal(const std::vector<const YamlNode*>& nodes, const ModifiedItem& item) {
    for (std::size_t i = 0; i < std::min(nodes.size(), item.values.size()); ++i) {
      const YamlNode& node = *nodes[i];
      const bool is_hexadecimal = node.as_number() && node.text.find('x') != std::string::npos;
      if (!is_hexadecimal || !std::holds_alternative<NumberValue>(item.values[i].front())) continue;
      diagnostics_.warning(node.start, "hexadecimal_number",
                           "'" + node.text + "' without quotes is the number " + *node.as_number(),
                           "put it in quotes if events spell it like this");
    }
  }

  /// Empty text that may stand anywhere is in every value: most likely something was left out.
  void warn_of_empty(const YamlNode& key, const std::vector<const YamlNode*>& nodes,
                     const ModifiedItem& item) {
    for (std::size_t i = 0; i < std::min(nodes.size(), item.values.size()); ++i) {
      const auto* const text = std::get_if<TextValue>(&item.values[i].front());
      if (text == nullptr || !text->written().empty() || !text->pattern().matches_everything()) continue;
      diagnostics_.warning(nodes[i]->start, "empty_text",
                           key.text.empty() || key.text.front() == '|'
                               ? "an empty keyword is in every event that has a value"
                               : "empty text is in every value of '" + key.text + "'",
                           "write '*' if that is meant");
    }
  }

  /// Keywords are text, whatever they look like.
  static Value value_of(const YamlNode& node, const ModifiedItem& item) {
    if (item.has_field) return plain_value(node);
    YamlNode text = node;
    text.quoted = true;
    return plain_value(text);
  }

  bool apply_modifiers(const YamlNode& key, std::size_t name_size, ModifiedItem& item) {
    std::size_t position = 0;
    for (std::size_t at = name_size; at < key.text.size(); ++position) {
      const std::size_t begin = at + 1;
      at = std::min(key.text.find('|', begin), key.text.size());
      const std::string name = key.text.substr(begin, at - begin);
      const bool was_exceeded = budget_.is_exceeded();
      const auto problem = apply_modifier(name, position, item, fields_, budget_);
      const Position where = position_in_scalar(diagnostics_.file(), key, begin);
      if (problem) diagnostics_.error(where, problem->reason, problem->message, problem->hint);
      if (budget_.is_exceeded() && !was_exceeded) report_excess(where);
      if (problem || budget_.is_exceeded()) return false;
    }
    const bool has_exists = std::any_of(
        item.values.begin(), item.values.end(),
        [](const Alternatives& value) { return std::holds_alternative<ExistsValue>(value.front()); });
    if (!has_exists || (position == 1 && item.values.size() == 1)) return true;
    diagnostics_.error(key.start, "invalid_modifier", "modifier 'exists' stands alone, with one value");
    return false;
  }

  /// A keyword is looked for anywhere in a value, unless a modifier says where.
  static void make_keywords(std::string_view name, ModifiedItem& item) {
    const bool is_placed = name.find("|startswith") != std::string_view::npos ||
                           name.find("|endswith") != std::string_view::npos;
    if (is_placed) return;
    for (Alternatives& alternatives : item.values) {
      for (Value& value : alternatives) {
        auto* const text = std::get_if<TextValue>(&value);
        if (text == nullptr) continue;
        *text = make_text(text->written(), text->pattern().with_any_before().with_any_after(), text->cased());
      }
    }
  }

  FieldId intern(std::string_view name) {
    const FieldId field = fields_.intern(name);
    named_fields_.add(field);
    return field;
  }

  void note_references(const ModifiedItem& item) {
    for (const Alternatives& alternatives : item.values) {
      for (const Value& value : alternatives) {
        if (const auto* reference = std::get_if<FieldReferenceValue>(&value))
          named_fields_.add(reference->field);
      }
    }
  }

  // ---- conditions

  /// One condition, or a list of them, any of which has to hold.
  void parse_conditions(const YamlNode& node) {
    std::vector<const YamlNode*> nodes;
    if (!collect_scalars_of_condition(node, nodes)) return;
    std::vector<std::string_view> names;
    for (const SearchIdentifier& identifier : rule_.identifiers) names.push_back(identifier.name);
    std::vector<bool> is_used(names.size());
    std::vector<Condition> conditions;
    std::size_t operands_left = condition_operands_max;
    for (const YamlNode* text : nodes) {
      auto parsed = parse_condition(text->text, names, operands_left);
      if (const auto* problem = std::get_if<ConditionProblem>(&parsed)) {
        diagnostics_.error(position_in_scalar(diagnostics_.file(), *text, problem->offset), problem->reason,
                           problem->message, problem->hint);
        return;
      }
      auto& condition = std::get<ParsedCondition>(parsed);
      operands_left -= condition.operands;
      for (std::size_t i = 0; i < is_used.size(); ++i) is_used[i] = is_used[i] || condition.is_used[i];
      conditions.push_back(std::move(condition.condition));
    }
    warn_of_unused(is_used);
    if (conditions.size() == 1) {
      rule_.condition = std::move(conditions.front());
    } else {
      rule_.condition.kind = Condition::Kind::any_of;
      rule_.condition.operands = std::move(conditions);
    }
  }

  bool collect_scalars_of_condition(const YamlNode& node, std::vector<const YamlNode*>& out) {
    if (node.is_scalar() && !node.is_null()) out.push_back(&node);
    if (node.is_sequence()) {
      for (const YamlNode& item : node.items) {
        if (item.is_scalar() && !item.is_null()) out.push_back(&item);
      }
    }
    const std::size_t expected = node.is_sequence() ? node.items.size() : 1;
    if (!out.empty() && out.size() == expected) return true;
    diagnostics_.error(node.start, "invalid_condition", "'condition' must be text, or a list of texts");
    return false;
  }

  void warn_of_unused(const std::vector<bool>& is_used) {
    for (std::size_t i = 0; i < is_used.size(); ++i) {
      if (is_used[i]) continue;
      diagnostics_.warning(
          rule_.identifiers[i].position, "unused_identifier",
          "search identifier '" + rule_.identifiers[i].name + "' is not part of the condition");
    }
  }

  Rule& rule_;
  FieldTable& fields_;
  Diagnostics& diagnostics_;
  FieldCollector named_fields_;
  RuleBudget budget_;
};

}  // namespace

void parse_detection(const YamlNode& detection, Rule& rule, FieldTable& fields, Diagnostics& diagnostics) {
  DetectionParser(rule, fields, diagnostics).parse(detection);
}

}  // namespace alarum::sigma

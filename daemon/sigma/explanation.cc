#include "daemon/sigma/explanation.h"

#include "daemon/sigma/predicate.h"

#include <algorithm>
#include <span>

namespace alarum::sigma {
namespace {

Verdict verdict_of(bool holds) { return holds ? Verdict::yes : Verdict::no; }

std::string item_label(const Item& item) {
  if (item.name.empty()) return "keywords";
  return item.field ? item.name : "keywords" + item.name;
}

/// A written value in all its forms.
using Forms = std::span<const Value>;

std::vector<Forms> written_values(const Item& item) {
  std::vector<Forms> out;
  const Forms all(item.values);
  std::size_t at = 0;
  for (std::size_t i = 0; at < all.size(); ++i) {
    out.push_back(all.subspan(at, item.forms.empty() ? 1 : item.forms[i]));
    at += out.back().size();
  }
  return out;
}

/// The item with only one of its values, and not negated: how that value fares by itself.
Item only(const Item& item, Forms value) {
  Item out;
  out.name = item.name;
  out.field = item.field;
  out.values.assign(value.begin(), value.end());
  return out;
}

Explanation explain_value(const Item& item, Forms value, FieldReader& event) {
  Explanation out;
  out.kind = Explanation::Kind::value;
  out.label = describe(value.front());
  if (value.size() > 1) out.label += " and " + std::to_string(value.size() - 1) + " more forms of it";
  out.verdict = verdict_of(holds(only(item, value), event));
  return out;
}

/// Values of the event that satisfy a keyword: of all its values only these are worth showing.
std::vector<std::string> keyword_hits(const Item& item, FieldReader& event) {
  std::vector<std::string> out;
  for (const FieldValue& seen : event.all_values()) {
    if (satisfies_one_of(seen, item, event)) out.emplace_back(seen.text);
  }
  return out;
}

Explanation explain_item(const Item& item, FieldReader& event) {
  Explanation out;
  out.kind = Explanation::Kind::item;
  out.label = item_label(item);
  out.verdict = verdict_of(holds(item, event));
  if (item.field) {
    for (const FieldValue& seen : event.values(*item.field)) {
      out.seen.emplace_back(seen.kind == FieldValue::Kind::object ? std::string_view("{…}") : seen.text);
    }
    const bool asks_exists = !item.values.empty() && std::holds_alternative<ExistsValue>(item.values.front());
    const bool is_missing = asks_exists ? !event.exists(*item.field) : out.seen.empty();
    if (out.verdict == Verdict::no && is_missing) out.verdict = Verdict::missing;
    if (out.seen.empty() && event.exists(*item.field)) out.seen.emplace_back("null");
  } else {
    out.seen = keyword_hits(item, event);
  }
  for (const Forms value : written_values(item)) out.parts.push_back(explain_value(item, value, event));
  return out;
}

Explanation explain_selection(const Selection& selection, FieldReader& event) {
  if (selection.kind == Selection::Kind::item) return explain_item(selection.item, event);
  if (selection.parts.size() == 1) return explain_selection(selection.parts.front(), event);
  Explanation out;
  out.label = selection.kind == Selection::Kind::all_of ? "and" : "or";
  out.verdict = verdict_of(holds(selection, event));
  for (const Selection& part : selection.parts) out.parts.push_back(explain_selection(part, event));
  return out;
}

Explanation explain_identifier(const SearchIdentifier& identifier, FieldReader& event) {
  Explanation out = explain_selection(identifier.selection, event);
  if (out.kind == Explanation::Kind::item || out.label == "or") {  // a map's lines need no "and" of their own
    Explanation inner = std::move(out);
    out = {};
    out.verdict = inner.verdict == Verdict::missing ? Verdict::no : inner.verdict;
    out.parts.push_back(std::move(inner));
  }
  out.kind = Explanation::Kind::identifier;
  out.label = identifier.name;
  return out;
}

std::string condition_label(const Condition& condition) {
  if (!condition.text.empty()) return condition.text;
  switch (condition.kind) {
    case Condition::Kind::identifier: return "";
    case Condition::Kind::all_of: return "and";
    case Condition::Kind::any_of: return "or";
    case Condition::Kind::negation: return "not";
  }
  return "";
}

bool holds_by(Condition::Kind kind, const std::vector<Explanation>& parts) {
  const auto is_yes = [](const Explanation& part) { return part.verdict == Verdict::yes; };
  if (kind == Condition::Kind::any_of) return std::any_of(parts.begin(), parts.end(), is_yes);
  if (kind == Condition::Kind::all_of) return std::all_of(parts.begin(), parts.end(), is_yes);
  return !is_yes(parts.front());
}

Explanation explain_condition(const Condition& condition, const Rule& rule, FieldReader& event) {
  if (condition.kind == Condition::Kind::identifier) {
    return explain_identifier(rule.identifiers[condition.identifier], event);
  }
  Explanation out;
  out.label = condition_label(condition);
  for (const Condition& operand : condition.operands)
    out.parts.push_back(explain_condition(operand, rule, event));
  out.verdict = verdict_of(holds_by(condition.kind, out.parts));
  return out;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::yes: return "true";
    case Verdict::no: return "false";
    case Verdict::missing: return "missing";
  }
  return "false";
}

Explanation explain(const Rule& rule, FieldReader& event) {
  return explain_condition(rule.condition, rule, event);
}

}  // namespace alarum::sigma

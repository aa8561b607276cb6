#include "daemon/sigma/predicate.h"

#include "daemon/base/contains.h"
#include "daemon/base/time.h"

#include <algorithm>
#include <utility>

namespace alarum::sigma {
namespace {

using Kind = FieldValue::Kind;

/// The number that a value of an event is: a JSON number, or text that spells one.
std::optional<Decimal> number_in(const FieldValue& seen) {
  if (seen.kind != Kind::number && seen.kind != Kind::text) return std::nullopt;
  return Decimal::parse(seen.text);
}

bool compares(const Decimal& seen, Comparison comparison, const Decimal& wanted) {
  switch (comparison) {
    case Comparison::equal: return seen == wanted;
    case Comparison::less: return seen < wanted;
    case Comparison::less_or_equal: return seen <= wanted;
    case Comparison::greater: return seen > wanted;
    case Comparison::greater_or_equal: return seen >= wanted;
  }
  return false;
}

unsigned part_of(const CivilTime& time, TimePart part) {
  switch (part) {
    case TimePart::minute: return time.minute;
    case TimePart::hour: return time.hour;
    case TimePart::day: return time.day;
    case TimePart::week: return time.iso_week();
    case TimePart::month: return time.month;
    case TimePart::year: return static_cast<unsigned>(time.year);
  }
  return 0;
}

/// Whether `text` is `part`, with anything before or after it where the reference allows.
bool stands_in(std::string_view text, std::string_view part, const FieldReferenceValue& reference) {
  if (reference.any_before && reference.any_after) return contains(text, part);
  if (reference.any_before) return text.ends_with(part);
  if (reference.any_after) return text.starts_with(part);
  return text == part;
}

/// How one value of an event satisfies each kind of written value.
struct Satisfies {
  const FieldValue& seen;
  FieldReader& event;

  bool operator()(const TextValue& wanted) const {
    if (seen.kind == Kind::object) return wanted.pattern().matches_everything();
    if (wanted.compared.matches(wanted.cased() ? seen.text : seen.folded)) return true;
    if (seen.kind != Kind::number || wanted.pattern().has_wildcards()) return false;
    const auto number = Decimal::parse(wanted.pattern().literal_text());
    return number && number == Decimal::parse(seen.text);
  }

  bool operator()(const NumberValue& wanted) const { return number_in(seen) == wanted.number(); }

  bool operator()(const BooleanValue& wanted) const {
    return seen.kind != Kind::object && seen.folded == (wanted.value ? "true" : "false");
  }

  bool operator()(const NullValue& /*wanted*/) const { return false; }
  bool operator()(const ExistsValue& /*wanted*/) const { return false; }

  bool operator()(const RegexValue& wanted) const {
    return seen.kind != Kind::object && wanted.regex.matches(seen.text);
  }

  bool operator()(const NetworkValue& wanted) const {
    const auto address = seen.kind == Kind::text ? IpAddress::parse(seen.text) : std::nullopt;
    return address && wanted.network.contains(*address);
  }

  bool operator()(const FieldReferenceValue& wanted) const {
    if (seen.kind == Kind::object) return false;
    const auto others = event.values(wanted.field);
    return std::any_of(others.begin(), others.end(), [&](const FieldValue& other) {
      if (other.kind == Kind::object) return false;
      const bool same_text = wanted.cased ? stands_in(seen.text, other.text, wanted)
                                          : stands_in(seen.folded, other.folded, wanted);
      const bool is_numeric = seen.kind == Kind::number || other.kind == Kind::number;
      const bool is_whole = !wanted.any_before && !wanted.any_after;
      return same_text || (is_numeric && is_whole && number_in(seen) && number_in(seen) == number_in(other));
    });
  }

  bool operator()(const ComparisonValue& wanted) const {
    const auto number = number_in(seen);
    return number && compares(*number, wanted.comparison, wanted.other.number());
  }

  bool operator()(const TimePartValue& wanted) const {
    const auto time = seen.kind == Kind::text ? parse_civil_time(seen.text) : std::nullopt;
    if (!time) return false;
    return compares(*Decimal::parse(std::to_string(part_of(*time, wanted.part))), wanted.comparison,
                    wanted.other.number());
  }
};

/// Whether the field, with all its values, satisfies a value of the item.
bool field_satisfies(const Item& item, std::span<const FieldValue> seen, const Value& wanted,
                     FieldReader& event) {
  if (std::holds_alternative<NullValue>(wanted)) return seen.empty();
  if (const auto* exists = std::get_if<ExistsValue>(&wanted))
    return event.exists(*item.field) == exists->expected;
  return std::any_of(seen.begin(), seen.end(),
                     [&](const FieldValue& value) { return satisfies(value, wanted, event); });
}

/// Whether each written value of the item is satisfied in one of its forms.
template <class Satisfied>
bool each_is_satisfied(const Item& item, const Satisfied& satisfied) {
  if (item.forms.empty()) return std::all_of(item.values.begin(), item.values.end(), satisfied);
  auto form = item.values.begin();
  return std::all_of(item.forms.begin(), item.forms.end(), [&](std::uint32_t count) {
    const auto first = std::exchange(form, form + count);
    return std::any_of(first, form, satisfied);
  });
}

bool holds(const Condition& condition, const Rule& rule, FieldReader& event) {
  const auto holds_too = [&](const Condition& operand) { return holds(operand, rule, event); };
  const auto& operands = condition.operands;
  switch (condition.kind) {
    case Condition::Kind::identifier: return holds(rule.identifiers[condition.identifier].selection, event);
    case Condition::Kind::all_of: return std::all_of(operands.begin(), operands.end(), holds_too);
    case Condition::Kind::any_of: return std::any_of(operands.begin(), operands.end(), holds_too);
    case Condition::Kind::negation: return !holds_too(operands.front());
  }
  return false;
}

}  // namespace

bool satisfies(const FieldValue& seen, const Value& wanted, FieldReader& event) {
  return std::visit(Satisfies{seen, event}, wanted);
}

bool satisfies_one_of(const FieldValue& seen, const Item& item, FieldReader& event) {
  return std::any_of(item.values.begin(), item.values.end(),
                     [&](const Value& wanted) { return satisfies(seen, wanted, event); });
}

bool holds(const Item& item, FieldReader& event) {
  const std::span<const FieldValue> seen = item.field ? event.values(*item.field) : event.all_values();
  const auto satisfied = [&](const Value& wanted) { return field_satisfies(item, seen, wanted, event); };
  const bool found = item.all ? each_is_satisfied(item, satisfied)
                              : std::any_of(item.values.begin(), item.values.end(), satisfied);
  return found != item.negated;
}

bool holds(const Selection& selection, FieldReader& event) {
  const auto holds_too = [&](const Selection& part) { return holds(part, event); };
  const auto& parts = selection.parts;
  switch (selection.kind) {
    case Selection::Kind::item: return holds(selection.item, event);
    case Selection::Kind::all_of: return std::all_of(parts.begin(), parts.end(), holds_too);
    case Selection::Kind::any_of: return std::any_of(parts.begin(), parts.end(), holds_too);
  }
  return false;
}

bool holds(const Rule& rule, FieldReader& event) { return holds(rule.condition, rule, event); }

}  // namespace alarum::sigma

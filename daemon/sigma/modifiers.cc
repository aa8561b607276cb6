#include "daemon/sigma/modifiers.h"

#include "daemon/base/base64.h"
#include "daemon/base/suggest.h"
#include "daemon/sigma/encoding.h"
#include "daemon/sigma/placeholder.h"
#include "daemon/sigma/regex_hint.h"
#include "daemon/sigma/windash.h"

#include <algorithm>
#include <array>

namespace alarum::sigma {
namespace {

using Problem = ModifierProblem;

/// What a modifier makes of one value, or why it cannot.
using Outcome = std::variant<Alternatives, Problem>;

struct Context {
  std::string_view modifier;
  std::size_t position;  // of the modifier in its item, from 0
  bool has_field;
  FieldTable& fields;
  RuleBudget& budget;
};

TextValue text_value(Pattern pattern, const TextValue& before) {
  return make_text(before.written(), std::move(pattern), before.cased());
}

Problem wrong_kind(const Value& value, std::string_view wanted, const Context& context) {
  return {"invalid_modifier",
          "modifier '" + std::string(context.modifier) + "' takes " + std::string(wanted) + ", not " +
              describe(value),
          ""};
}

Problem wildcard_problem(const TextValue& value, const Context& context) {
  return {
      "invalid_modifier",
      "modifier '" + std::string(context.modifier) + "' takes text without wildcards, not " + describe(value),
      "write \\* or \\? for the characters themselves"};
}

Result<Regex> compile(const std::string& expression, const RegexOptions& options, const Context& context) {
  auto regex = Regex::compile(expression, options);
  if (!regex && regex.error().code == ErrorCode::limit)
    context.budget.spend(RuleBudget::too_large_regex_cost);
  return regex;
}

// ---- where the value has to stand

Outcome stand_somewhere(const Value& value, bool before, bool after, const Context& context) {
  if (const auto* text = std::get_if<TextValue>(&value)) {
    Pattern pattern = before ? text->pattern().with_any_before() : text->pattern();
    if (after) pattern = pattern.with_any_after();
    return Alternatives{text_value(std::move(pattern), *text)};
  }
  if (const auto* reference = std::get_if<FieldReferenceValue>(&value)) {
    FieldReferenceValue out = *reference;
    out.any_before |= before;
    out.any_after |= after;
    return Alternatives{out};
  }
  if (const auto* regex = std::get_if<RegexValue>(&value)) {  // it matches anywhere unless it is tied down
    RegexOptions options = regex->options;
    options.at_start |= !before;
    options.at_end |= !after;
    const auto compiled = compile(regex->text, options, context);
    if (!compiled) return Problem{"invalid_regex", compiled.error().message, ""};
    return Alternatives{RegexValue{*compiled, regex->text, options}};
  }
  return wrong_kind(value, "text", context);
}

Outcome apply_contains(const Value& value, const Context& context) {
  return stand_somewhere(value, true, true, context);
}
Outcome apply_startswith(const Value& value, const Context& context) {
  return stand_somewhere(value, false, true, context);
}
Outcome apply_endswith(const Value& value, const Context& context) {
  return stand_somewhere(value, true, false, context);
}

// ---- what the value is

Outcome apply_cased(const Value& value, const Context& context) {
  if (const auto* text = std::get_if<TextValue>(&value)) {
    return Alternatives{make_text(text->written(), text->pattern(), true)};
  }
  if (const auto* reference = std::get_if<FieldReferenceValue>(&value)) {
    FieldReferenceValue out = *reference;
    out.cased = true;
    return Alternatives{std::move(out)};
  }
  return wrong_kind(value, "text", context);
}

Outcome apply_re(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  if (context.position > 0) {
    return Problem{"invalid_modifier", "modifier 're' must be the first one",
                   "write the field as 'Field|re|…'"};
  }
  const auto regex = compile(text->written(), {}, context);
  if (!regex) {
    return Problem{
        "invalid_regex", "regular expression cannot be used: " + regex.error().message,
        regex.error().code == ErrorCode::unsupported ? std::string(regex_hint(text->written())) : ""};
  }
  return Alternatives{RegexValue{*regex, text->written(), {}}};
}

Outcome set_regex_flag(const Value& value, bool RegexOptions::*flag, const Context& context) {
  const auto* const regex = std::get_if<RegexValue>(&value);
  if (regex == nullptr) return wrong_kind(value, "a regular expression (put 're' before it)", context);
  RegexOptions options = regex->options;
  options.*flag = true;
  const auto compiled = compile(regex->text, options, context);
  if (!compiled) return Problem{"invalid_regex", compiled.error().message, ""};
  return Alternatives{RegexValue{*compiled, regex->text, options}};
}

Outcome apply_ignore_case(const Value& value, const Context& context) {
  return set_regex_flag(value, &RegexOptions::ignore_case, context);
}
Outcome apply_multi_line(const Value& value, const Context& context) {
  return set_regex_flag(value, &RegexOptions::multi_line, context);
}
Outcome apply_dot_all(const Value& value, const Context& context) {
  return set_regex_flag(value, &RegexOptions::dot_matches_line, context);
}

Outcome apply_cidr(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr || context.position > 0) return wrong_kind(value, "text as it is written", context);
  const auto network = IpNetwork::parse(text->written());
  if (!network) {
    return Problem{"invalid_network", "'" + text->written() + "' is no network",
                   "write 10.0.0.0/8 or 2001:db8::/32, with no bits set behind the prefix"};
  }
  return Alternatives{NetworkValue{*network, text->written()}};
}

Outcome apply_exists(const Value& value, const Context& context) {
  const auto* const boolean = std::get_if<BooleanValue>(&value);
  const auto* const text = std::get_if<TextValue>(&value);
  if (text != nullptr && (text->written() == "true" || text->written() == "false")) {
    Problem problem = wrong_kind(value, "true or false, alone", context);
    problem.hint = "leave the quotes out";
    return problem;
  }
  if (boolean == nullptr || context.position > 0) return wrong_kind(value, "true or false, alone", context);
  if (!context.has_field) return Problem{"invalid_modifier", "modifier 'exists' needs a field", ""};
  return Alternatives{ExistsValue{boolean->value}};
}

Outcome apply_fieldref(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text, the name of a field", context);
  if (!context.has_field) return Problem{"invalid_modifier", "modifier 'fieldref' needs a field", ""};
  if (context.position > 0 && text->pattern().has_wildcards() &&
      !make_text(text->written()).pattern().has_wildcards()) {
    return Problem{"invalid_modifier",
                   "modifier 'fieldref' must come before those that say where a value stands",
                   "write the field as 'Field|fieldref|contains'"};
  }
  if (text->pattern().has_wildcards()) return wildcard_problem(*text, context);
  const std::string name(text->pattern().literal_text());
  if (without_spaces(name).empty()) return wrong_kind(value, "the name of a field", context);
  FieldReferenceValue out;
  out.field = context.fields.intern(name);
  out.name = name;
  out.cased = text->cased();
  return Alternatives{std::move(out)};
}

Outcome compare(const Value& value, Comparison comparison, const Context& context) {
  if (const auto* number = std::get_if<NumberValue>(&value)) {
    return Alternatives{ComparisonValue{comparison, *number}};
  }
  if (const auto* part = std::get_if<TimePartValue>(&value)) {
    TimePartValue out = *part;
    out.comparison = comparison;
    return Alternatives{std::move(out)};
  }
  return wrong_kind(value, "a number", context);
}

Outcome apply_lt(const Value& value, const Context& context) {
  return compare(value, Comparison::less, context);
}
Outcome apply_lte(const Value& value, const Context& context) {
  return compare(value, Comparison::less_or_equal, context);
}
Outcome apply_gt(const Value& value, const Context& context) {
  return compare(value, Comparison::greater, context);
}
Outcome apply_gte(const Value& value, const Context& context) {
  return compare(value, Comparison::greater_or_equal, context);
}

Outcome apply_time_part(const Value& value, const Context& context) {
  struct Row {
    std::string_view name;
    TimePart part;
  };
  constexpr std::array rows = {Row{"minute", TimePart::minute}, Row{"hour", TimePart::hour},
                               Row{"day", TimePart::day},       Row{"week", TimePart::week},
                               Row{"month", TimePart::month},   Row{"year", TimePart::year}};
  const auto* const number = std::get_if<NumberValue>(&value);
  if (number == nullptr) return wrong_kind(value, "a number", context);
  const auto* const row = std::find_if(
      rows.begin(), rows.end(), [&](const Row& candidate) { return candidate.name == context.modifier; });
  return Alternatives{TimePartValue{row->part, Comparison::equal, *number}};
}

// ---- how the value is encoded

Outcome apply_base64(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  if (text->pattern().has_wildcards()) return wildcard_problem(*text, context);
  return Alternatives{text_value(Pattern::literal(base64(text->pattern().literal_text())), *text)};
}

Outcome apply_base64offset(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  if (text->pattern().has_wildcards()) return wildcard_problem(*text, context);
  Alternatives out;
  for (const std::string& encoded : base64_at_offsets(text->pattern().literal_text())) {
    if (encoded.empty()) {
      return Problem{"invalid_modifier", "modifier 'base64offset' needs longer text than " + describe(value),
                     "two bytes or more leave something to look for at every offset"};
    }
    out.emplace_back(text_value(Pattern::literal(encoded), *text));
  }
  return out;
}

Outcome encode_utf16(const Value& value, Utf16Order order, std::string_view mark, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  std::vector<Token> tokens = text->pattern().tokens();
  for (Token& token : tokens) {
    const auto encoded = utf16(token.text, order);
    if (!encoded)
      return Problem{"invalid_modifier", "modifier '" + std::string(context.modifier) + "' takes UTF-8", ""};
    token.text = *encoded;
  }
  if (!mark.empty()) tokens.insert(tokens.begin(), {Token::Kind::literal, std::string(mark)});
  return Alternatives{text_value(Pattern::of(std::move(tokens)), *text)};
}

Outcome apply_utf16le(const Value& value, const Context& context) {
  return encode_utf16(value, Utf16Order::little_end, "", context);
}
Outcome apply_utf16be(const Value& value, const Context& context) {
  return encode_utf16(value, Utf16Order::big_end, "", context);
}
Outcome apply_utf16(const Value& value, const Context& context) {
  return encode_utf16(value, Utf16Order::little_end, "\xFF\xFE", context);
}

Outcome apply_windash(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  const auto patterns = dash_permutations(text->pattern());
  if (patterns.empty()) {
    return Problem{"invalid_modifier", "modifier 'windash' finds too many dashes in " + describe(value),
                   "look for a shorter part of it, or for several parts with 'contains|all|windash'"};
  }
  Alternatives out;
  for (const Pattern& pattern : patterns) out.emplace_back(text_value(pattern, *text));
  return out;
}

// ---- what stands for other values

Outcome apply_expand(const Value& value, const Context& context) {
  const auto* const text = std::get_if<TextValue>(&value);
  if (text == nullptr) return wrong_kind(value, "text", context);
  if (const auto placeholder = find_placeholder(text->written())) {
    return Problem{"placeholder", "placeholder " + *placeholder + " has no value",
                   "replace it by the values themselves; lists of values are not supported"};
  }
  auto pattern = unescape_percent(text->written(), text->pattern());
  if (!pattern)
    return Problem{"invalid_modifier", "modifier 'expand' must come before what changes the text", ""};
  return Alternatives{text_value(*std::move(pattern), *text)};
}

// ---- the table

using Apply = Outcome (*)(const Value&, const Context&);
enum class Effect {
  values,
  text,  ///< on values too; a plain number counts as the text that was written
  all,
  negate
};

struct Row {
  std::string_view name;
  Effect effect;
  Apply apply;
};

constexpr std::array rows = {
    Row{"all", Effect::all, nullptr},
    Row{"base64", Effect::text, apply_base64},
    Row{"base64offset", Effect::text, apply_base64offset},
    Row{"cased", Effect::text, apply_cased},
    Row{"cidr", Effect::text, apply_cidr},
    Row{"contains", Effect::text, apply_contains},
    Row{"day", Effect::values, apply_time_part},
    Row{"dotall", Effect::values, apply_dot_all},
    Row{"endswith", Effect::text, apply_endswith},
    Row{"exists", Effect::values, apply_exists},
    Row{"expand", Effect::text, apply_expand},
    Row{"fieldref", Effect::text, apply_fieldref},
    Row{"gt", Effect::values, apply_gt},
    Row{"gte", Effect::values, apply_gte},
    Row{"hour", Effect::values, apply_time_part},
    Row{"i", Effect::values, apply_ignore_case},
    Row{"ignorecase", Effect::values, apply_ignore_case},
    Row{"lt", Effect::values, apply_lt},
    Row{"lte", Effect::values, apply_lte},
    Row{"m", Effect::values, apply_multi_line},
    Row{"minute", Effect::values, apply_time_part},
    Row{"month", Effect::values, apply_time_part},
    Row{"multiline", Effect::values, apply_multi_line},
    Row{"neq", Effect::negate, nullptr},
    Row{"re", Effect::text, apply_re},
    Row{"s", Effect::values, apply_dot_all},
    Row{"startswith", Effect::text, apply_startswith},
    Row{"utf16", Effect::text, apply_utf16},
    Row{"utf16be", Effect::text, apply_utf16be},
    Row{"utf16le", Effect::text, apply_utf16le},
    Row{"week", Effect::values, apply_time_part},
    Row{"wide", Effect::text, apply_utf16le},
    Row{"windash", Effect::text, apply_windash},
    Row{"year", Effect::values, apply_time_part},
};

constexpr auto names = [] {
  std::array<std::string_view, rows.size()> out;
  for (std::size_t i = 0; i < rows.size(); ++i) out[i] = rows[i].name;
  return out;
}();

/// Replaces each alternative of each value by what the modifier makes of it, as far as the budget goes.
std::optional<Problem> apply_to_values(const Row& row, const Context& context, ModifiedItem& item) {
  for (Alternatives& alternatives : item.values) {
    Alternatives expanded;
    for (const Value& value : alternatives) {
      const auto* const number = row.effect == Effect::text ? std::get_if<NumberValue>(&value) : nullptr;
      Outcome outcome = row.apply(number == nullptr ? value : Value(make_text(number->written())), context);
      if (auto* problem = std::get_if<Problem>(&outcome)) return std::move(*problem);
      for (Value& made : std::get<Alternatives>(outcome)) {
        if (!context.budget.spend(RuleBudget::cost_of(made))) return std::nullopt;
        expanded.push_back(std::move(made));
      }
    }
    alternatives = std::move(expanded);
  }
  return std::nullopt;
}

}  // namespace

std::optional<ModifierProblem> apply_modifier(std::string_view name, std::size_t position, ModifiedItem& item,
                                              FieldTable& fields, RuleBudget& budget) {
  const auto* const row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& known) { return known.name == name; });
  if (row == rows.end()) {
    return Problem{"unknown_modifier", "unknown modifier '" + std::string(name) + "'",
                   did_you_mean(name, names)};
  }
  item.all |= row->effect == Effect::all;
  item.negated |= row->effect == Effect::negate;
  if (row->apply == nullptr) return std::nullopt;
  return apply_to_values(*row, {name, position, item.has_field, fields, budget}, item);
}

}  // namespace alarum::sigma

#pragma once

#include "daemon/base/decimal.h"
#include "daemon/base/ip_address.h"
#include "daemon/event/field_table.h"
#include "daemon/sigma/regex.h"
#include "daemon/sigma/text_matcher.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

/// The values of a detection item after its modifiers: what a field is compared with. Which kind a value is
/// decides how it compares; daemon/sigma/predicate.cc says how.
namespace alarum::sigma {

/// Text as a rule has it.
struct TextSource {
  std::string written;  ///< before wildcards and escapes were read
  Pattern pattern;
};

/// Text with wildcards. Only what is compared lies in the value itself: evaluating is bound by how much
/// memory it walks through.
struct TextValue {
  TextMatcher compared;
  std::shared_ptr<const TextSource> source;  ///< never null

  /// What the source says of it.
  const std::string& written() const { return source->written; }
  const Pattern& pattern() const { return source->pattern; }
  bool cased() const { return compared.cased(); }
};

/// Text as a rule writes it.
TextValue make_text(std::string written);
/// Text that a modifier made: what was written stays, another pattern is compared.
TextValue make_text(std::string written, Pattern pattern, bool cased);

/// A number as a rule has it.
struct NumberSource {
  Decimal number;
  std::string written;
};

/// A number: what is seen has to be one, and equal it.
struct NumberValue {
  std::shared_ptr<const NumberSource> source;  ///< never null

  /// What the source says of it.
  const Decimal& number() const { return source->number; }
  const std::string& written() const { return source->written; }
};

/// A number as a rule writes it.
NumberValue make_number(Decimal number, std::string written);

/// True or false, written as such.
struct BooleanValue {
  bool value = false;
};

/// The field is missing or null.
struct NullValue {};

/// The field is there (or is not), whatever its value.
struct ExistsValue {
  bool expected = true;
};

/// A regular expression (`re`).
struct RegexValue {
  Regex regex;
  std::string text;
  RegexOptions options;
};

/// An address range (`cidr`).
struct NetworkValue {
  IpNetwork network;
  std::string text;
};

/// Another field of the same event, whose text may have anything before or after it in this one.
struct FieldReferenceValue {
  FieldId field;
  std::string name;
  bool any_before = false;
  bool any_after = false;
  bool cased = false;
};

/// How the field's number stands to the rule's.
enum class Comparison : std::uint8_t { equal, less, less_or_equal, greater, greater_or_equal };

/// A number with an order (`lt`, `lte`, `gt`, `gte`).
struct ComparisonValue {
  Comparison comparison = Comparison::equal;
  NumberValue other;
};

/// The part of a date that a rule asks for.
enum class TimePart : std::uint8_t { minute, hour, day, week, month, year };

/// A number taken out of a date, compared.
struct TimePartValue {
  TimePart part = TimePart::minute;
  Comparison comparison = Comparison::equal;
  NumberValue other;
};

/// One value of an item, of any of the kinds above; no larger than a line of the processor's cache.
using Value = std::variant<TextValue, NumberValue, BooleanValue, NullValue, ExistsValue, RegexValue,
                           NetworkValue, FieldReferenceValue, ComparisonValue, TimePartValue>;

static_assert(sizeof(Value) <= 64);

/// A value as people read it: the text, `> 5`, `matches /…/`, `in 10.0.0.0/8`.
std::string describe(const Value& value);

}  // namespace alarum::sigma

#pragma once

#include "daemon/event/field_reader.h"
#include "daemon/sigma/rule.h"

#include <string>
#include <vector>

/// Why a rule matches an event or does not, part by part: what `alarum rule explain` shows. Nothing is
/// skipped as an evaluator would skip it; the verdict of every part is the predicate's own.
namespace alarum::sigma {

/// How a part of a rule fared.
enum class Verdict {
  yes,
  no,
  missing,  ///< no, because the event does not have the field
};

/// The verdict as a word, for people and JSON.
std::string_view verdict_name(Verdict verdict);

/// One part of a rule and how it fared.
struct Explanation {
  enum class Kind { condition, identifier, item, value };
  Kind kind = Kind::condition;
  std::string label;  ///< `and`, `not`, the identifier's name, the item as written, the value
  Verdict verdict = Verdict::no;
  std::vector<std::string> seen;  ///< of an item: the field's values in the event, as text
  std::vector<Explanation> parts;
};

/// Explains the rule's condition for `event`.
Explanation explain(const Rule& rule, FieldReader& event);

}  // namespace alarum::sigma

#pragma once

#include "daemon/event/field_reader.h"
#include "daemon/sigma/rule.h"

/// What a condition means, over anything that has fields. This is the definition of our semantics: slow,
/// obvious and short; faster evaluators are checked against it. Every decision is listed, with its source, in
/// docs/reference/sigma.md, and has a test in tests/unit/daemon/sigma.
namespace alarum::sigma {

/// Whether `event` has what `item` asks for.
bool holds(const Item& item, FieldReader& event);

/// Whether `event` fits the definition of a search identifier.
bool holds(const Selection& selection, FieldReader& event);

/// Whether `event` fulfils the rule's condition. The log source is not looked at.
bool holds(const Rule& rule, FieldReader& event);

/// Whether one value of a field (or, for keywords, any value) satisfies one written value.
/// `NullValue` and `ExistsValue` speak of fields, not of values, and are satisfied by none.
bool satisfies(const FieldValue& seen, const Value& wanted, FieldReader& event);

/// Whether one value of a field satisfies one of those that `item` asks for, whatever else it asks: where a
/// keyword stands.
bool satisfies_one_of(const FieldValue& seen, const Item& item, FieldReader& event);

}  // namespace alarum::sigma

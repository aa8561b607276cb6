#pragma once

#include "daemon/base/result.h"
#include "daemon/sigma/rule_budget.h"
#include "daemon/sigma/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Sigma's value modifiers (modifiers appendix of the specification), one table row each, applied from left
/// to right.
namespace alarum::sigma {

/// One written value; several where a modifier expanded it (windash, base64offset).
using Alternatives = std::vector<Value>;

/// A detection item while its modifiers are applied.
struct ModifiedItem {
  std::vector<Alternatives> values;
  bool all = false;      ///< every value has to be there, not just one
  bool negated = false;  ///< `neq`: the item holds where its values do not
  bool has_field = true;
};

/// Why a modifier cannot be applied: the reason of the diagnostic, the sentence, and the way out.
struct ModifierProblem {
  std::string_view reason;
  std::string message;
  std::string hint;
};

/// Applies the modifier `name`, which is number `position` (from 0) of its item. Nothing on success.
/// `fields` gains the field that `fieldref` names; what the values become is taken off `budget`, whose end is
/// the caller's to report.
std::optional<ModifierProblem> apply_modifier(std::string_view name, std::size_t position, ModifiedItem& item,
                                              FieldTable& fields, RuleBudget& budget);

}  // namespace alarum::sigma

#pragma once

#include "daemon/sigma/rule.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alarum::sigma {

/// Why a condition cannot be read, and at which byte of its text.
struct ConditionProblem {
  std::size_t offset = 0;
  std::string_view reason;
  std::string message;
  std::string hint;
};

/// A condition, and which identifiers it uses (beside `identifiers`).
struct ParsedCondition {
  Condition condition;
  std::vector<bool> is_used;
};

/// Reads a condition (rules specification, Condition): `not` binds closer than `and`, that closer than `or`;
/// `1`, `any` or `all` `of` `them` or a pattern with `*`. Operators are lower-case words. A selector leaves
/// out the identifiers that begin with `_`, unless its pattern does too; one that selects nothing is an
/// error.
std::variant<ParsedCondition, ConditionProblem> parse_condition(
    std::string_view text, std::span<const std::string_view> identifiers);

}  // namespace alarum::sigma

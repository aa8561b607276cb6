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

/// Identifiers that the conditions of a rule may name, those that selectors stand for among them.
inline constexpr std::size_t condition_operands_max = 10000;

/// A condition, which identifiers it uses (beside `identifiers`), and how often it names one.
struct ParsedCondition {
  Condition condition;
  std::vector<bool> is_used;
  std::size_t operands = 0;
};

/// Reads a condition (rules specification, Condition): `not` binds closer than `and`, that closer than `or`;
/// `1`, `any` or `all` `of` `them` or a pattern with `*`. Operators are lower-case words. A selector leaves
/// out the identifiers that begin with `_`, unless its pattern does too; one that selects nothing is an
/// error, and so is one of more than `operands_max` identifiers.
std::variant<ParsedCondition, ConditionProblem> parse_condition(
    std::string_view text, std::span<const std::string_view> identifiers,
    std::size_t operands_max = condition_operands_max);

}  // namespace alarum::sigma

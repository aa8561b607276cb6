#include "daemon/sigma/rule_budget.h"

namespace alarum::sigma {
namespace {

/// An instruction of RE2, forwards and backwards, and its share of the time that compiling takes.
constexpr std::size_t instruction_cost = 64;

std::size_t bytes_of(const Pattern& pattern) {
  std::size_t out = 0;
  for (const Token& token : pattern.tokens()) out += sizeof(Token) + token.text.size();
  return out;
}

}  // namespace

bool RuleBudget::spend(std::size_t bytes) {
  is_exceeded_ = is_exceeded_ || bytes > left_;
  if (!is_exceeded_) left_ -= bytes;
  return !is_exceeded_;
}

std::size_t RuleBudget::cost_of(const Value& value) {
  std::size_t out = sizeof(Value);
  if (const auto* text = std::get_if<TextValue>(&value)) {
    out += text->written().size() + 2 * bytes_of(text->pattern());  // and as it is compared
  } else if (const auto* regex = std::get_if<RegexValue>(&value)) {
    out += regex->text.size() + regex->regex.program_size() * instruction_cost;
  }
  return out;
}

}  // namespace alarum::sigma

// Conditions: whatever the text, parsing ends with a tree whose identifiers exist, or with a place and a
// reason.
#include "daemon/base/ensure.h"
#include "daemon/sigma/condition_parser.h"

#include <array>
#include <cstdint>

namespace alarum::sigma {
namespace {

constexpr std::array<std::string_view, 5> identifiers = {"selection", "selection_img", "filter_main",
                                                         "_hidden", "keywords"};

void check(const Condition& condition) {
  const bool is_leaf = condition.kind == Condition::Kind::identifier;
  ENSURE(!is_leaf || condition.identifier < identifiers.size(), "an identifier exists");
  ENSURE(is_leaf == condition.operands.empty(), "operators have operands");
  ENSURE(condition.kind != Condition::Kind::negation || condition.operands.size() == 1, "'not' has one");
  for (const Condition& operand : condition.operands) check(operand);
}

}  // namespace
}  // namespace alarum::sigma

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alarum::sigma;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_condition(text, identifiers);
  if (const auto* problem = std::get_if<ConditionProblem>(&parsed)) {
    ENSURE(problem->offset <= text.size() && !problem->message.empty(),
           "a problem has its place and its sentence");
  } else {
    check(std::get<ParsedCondition>(parsed).condition);
  }
  return 0;
}
